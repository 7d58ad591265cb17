import { Activity, Cable, House, RadioTower } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { NavLink, Outlet, ScrollRestoration } from 'react-router';
import { AccountMenu } from '../account/AccountMenu.tsx';
import { tellDrawn } from '../state/firstDrawing.ts';
import { classes } from '../ui/classes.ts';
import { Mark } from '../ui/Mark.tsx';
import { WorkspaceSwitch } from '../workspaces/WorkspaceSwitch.tsx';

/** The bar at the top with the ways to go, and the screen below it. */
export default function Shell() {
  useEffect(tellDrawn, []);
  return (
    <div className="flex h-full flex-col">
      <a
        href="#content"
        className="sr-only rounded-md bg-accent px-3 py-2 text-accent-ink focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-50"
      >
        Skip to the content
      </a>
      <header className="flex h-12 shrink-0 items-center gap-1 border-b border-line bg-surface px-3 sm:gap-4 sm:px-5">
        <NavLink
          to="/"
          aria-label="Sluice, home"
          className="flex items-center gap-2 rounded-sm text-operator font-semibold text-ink"
        >
          <Mark size={24} />
          <span className="hidden sm:inline">Sluice</span>
        </NavLink>
        <span className="hidden min-w-0 sm:block">
          <WorkspaceSwitch />
        </span>
        <nav aria-label="Main" className="flex h-full flex-1 items-center gap-0.5 sm:gap-1">
          <Way to="/" icon={<House size={16} aria-hidden="true" />}>
            Home
          </Way>
          <Way to="/devices" icon={<RadioTower size={16} aria-hidden="true" />}>
            Devices
          </Way>
          <Way to="/connections" icon={<Cable size={16} aria-hidden="true" />}>
            Connections
          </Way>
          <Way to="/health" icon={<Activity size={16} aria-hidden="true" />}>
            Health
          </Way>
        </nav>
        <AccountMenu />
      </header>
      <div className="shrink-0 border-b border-line bg-surface px-3 py-1 empty:hidden sm:hidden">
        <WorkspaceSwitch />
      </div>
      <main id="content" tabIndex={-1} className="min-h-0 flex-1 overflow-auto outline-none">
        <Outlet />
      </main>
      <ScrollRestoration />
    </div>
  );
}

function Way({
  to,
  icon,
  children,
}: {
  readonly to: string;
  readonly icon: ReactNode;
  readonly children: string;
}) {
  return (
    <NavLink
      to={to}
      end={to === '/'}
      className={({ isActive }) =>
        classes(
          'flex h-8 items-center gap-2 rounded-md px-2 transition-colors sm:px-3',
          isActive
            ? 'bg-selected font-medium text-accent-text'
            : 'text-ink-soft hover:bg-hover hover:text-ink',
        )
      }
    >
      <span className="hidden sm:inline">{icon}</span>
      {children}
    </NavLink>
  );
}
