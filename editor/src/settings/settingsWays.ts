import { type RouteName, ROUTES } from '@sluice/shared/protocol/http.ts';
import type { User } from '@sluice/shared/protocol/people.ts';
import type { Route } from '@sluice/shared/protocol/route.ts';
import { may } from '../account/permission.ts';

// The pages under Settings: what is about yourself, about the workspace, and about the whole server.

interface SettingsWay {
  readonly to: string;
  readonly label: string;
  /** The page is there for whoever may call this. */
  readonly needs: RouteName;
}

interface SettingsGroup {
  readonly title: string;
  readonly ways: readonly SettingsWay[];
}

const GROUPS: readonly SettingsGroup[] = [
  {
    title: 'You',
    ways: [
      { to: '/settings/account', label: 'Account', needs: 'account' },
      { to: '/settings/tokens', label: 'API tokens', needs: 'tokens' },
    ],
  },
  {
    title: 'This workspace',
    ways: [
      { to: '/settings', label: 'General', needs: 'limits' },
      { to: '/settings/people', label: 'People', needs: 'users' },
      { to: '/settings/audit', label: 'Audit', needs: 'audit' },
    ],
  },
  {
    title: 'This server',
    ways: [{ to: '/settings/workspaces', label: 'Workspaces', needs: 'workspaces' }],
  },
];

/** The pages somebody may open, by group; groups without one are left out. */
export function settingsWays(user: Pick<User, 'role' | 'isOwner'>): readonly SettingsGroup[] {
  return GROUPS.map((group) => ({
    ...group,
    ways: group.ways.filter(({ needs }) => may(user, needs)),
  })).filter(({ ways }) => ways.length > 0);
}

/** Who may open the page at this path, in words; `undefined` for a page that this person may open, and for none. */
export function whoMayOpen(user: Pick<User, 'role' | 'isOwner'>, path: string): string | undefined {
  const way = GROUPS.flatMap(({ ways }) => ways).find(({ to }) => to === path.replace(/\/+$/, ''));
  if (way === undefined || may(user, way.needs)) return undefined;
  const { permission }: Route = ROUTES[way.needs];
  return permission === 'owner'
    ? `“${way.label}” is for who owns this server.`
    : `“${way.label}” is for people with the role ${permission}. Ask an admin of this workspace for it.`;
}
