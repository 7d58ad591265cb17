import { SluiceError } from '@sluice/shared/errors.ts';
import type { User } from '@sluice/shared/protocol/people.ts';
import type { Permission } from '@sluice/shared/protocol/route.ts';
import { isAtLeast } from '../accounts/roles.ts';

export function isAllowed(permission: Permission, user: User | undefined): boolean {
  if (permission === 'public') return true;
  if (user === undefined) return false;
  if (permission === 'owner') return user.isOwner;
  return permission === 'signed-in' || isAtLeast(user.role, permission);
}

/** Throws `not-signed-in` or `not-allowed`. */
export function requirePermission(permission: Permission, user: User | undefined): void {
  if (isAllowed(permission, user)) return;
  if (user === undefined) throw new SluiceError('not-signed-in', 'Sign in first.');
  if (permission === 'owner') {
    throw new SluiceError('not-allowed', 'This is for who owns this server. Ask them for it.');
  }
  throw new SluiceError(
    'not-allowed',
    `This takes the role ${permission} or one above it, and yours is ${user.role}. Ask an admin for it.`,
  );
}
