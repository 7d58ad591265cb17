import { Lock } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { NavLink, Outlet, useLocation, useMatch } from 'react-router';
import { useUser } from '../state/remoteQueries.ts';
import { classes } from '../ui/classes.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ButtonLink } from '../ui/TextLink.tsx';
import { settingsWays, whoMayOpen } from './settingsWays.ts';

/** The list of the pages under Settings, beside the one that is open; above it where the screen is narrow. */
export default function SettingsLayout() {
  const user = useUser();
  const groups = settingsWays(user);
  const others = whoMayOpen(user, useLocation().pathname);
  return (
    <div className="mx-auto flex w-full max-w-6xl flex-col gap-x-10 px-4 py-6 text-operator sm:px-8 sm:py-10 md:flex-row">
      <nav
        aria-label="Settings"
        className="mb-6 flex shrink-0 gap-6 overflow-x-auto md:mb-0 md:w-44 md:flex-col"
      >
        {groups.map(({ title, ways }) => (
          <div key={title} className="shrink-0">
            <h2 className="mb-1 px-2 text-small text-ink-soft">{title}</h2>
            <ul className="flex gap-1 md:flex-col">
              {ways.map(({ to, label }) => (
                <li key={to}>
                  <SettingsLink to={to} label={label} />
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <div className="flex min-w-0 flex-1 flex-col gap-8">
        {others === undefined ? <Outlet /> : <NotForYou sentence={others} />}
      </div>
    </div>
  );
}

function NotForYou({ sentence }: { readonly sentence: string }) {
  return (
    <EmptyState
      isPage
      icon={<Lock size={20} aria-hidden="true" />}
      title="This page is not for your role"
      action={<ButtonLink to="/settings">Go to what you may see</ButtonLink>}
    >
      {sentence}
    </EmptyState>
  );
}

function SettingsLink({ to, label }: { readonly to: string; readonly label: string }) {
  const isOpen = useMatch({ path: to, end: true }) !== null;
  const place = useRef<HTMLAnchorElement>(null);
  // On a narrow screen the list is wider than the screen.
  useEffect(() => {
    if (isOpen) place.current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [isOpen]);
  return (
    <NavLink
      ref={place}
      to={to}
      end
      className={({ isActive }) =>
        classes(
          'flex h-8 items-center rounded-md px-2 whitespace-nowrap transition-colors',
          isActive
            ? 'bg-selected font-medium text-accent-text'
            : 'text-ink-soft hover:bg-hover hover:text-ink',
        )
      }
    >
      {label}
    </NavLink>
  );
}
