import { ROUTES, type RouteName } from '@sluice/shared/protocol/http.ts';
import { type User } from '@sluice/shared/protocol/people.ts';
import type { Permission, Route } from '@sluice/shared/protocol/route.ts';

const RANKS: Record<User['role'], number> = { viewer: 0, operator: 1, integrator: 2, deployer: 3, admin: 4 };

function rankOf(permission: Exclude<Permission, 'owner'>): number {
  return permission === 'public' || permission === 'signed-in' ? 0 : RANKS[permission];
}

/**
 * Whether somebody may call a route, so that the page offers only what would work. The server decides by itself; this
 * reads the same table.
 */
export function may(user: Pick<User, 'role' | 'isOwner'>, route: RouteName): boolean {
  const row: Route = ROUTES[route];
  if (row.permission === 'owner') return user.isOwner;
  return RANKS[user.role] >= rankOf(row.permission);
}
