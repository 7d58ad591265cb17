import type { Role } from '@sluice/shared/protocol/people.ts';
import { roleSchema } from '@sluice/shared/protocol/people.ts';

/** From the least to the most; each role may do what those before it may. */
const ROLES = roleSchema.options;

export function isAtLeast(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

export function lowerRole(one: Role, other: Role): Role {
  return isAtLeast(one, other) ? other : one;
}

interface RoleChange {
  readonly name: string;
  /** Who asks is who would be changed. */
  readonly isSelf: boolean;
  readonly from: Role;
  /** `undefined`: out of the workspace. */
  readonly to: Role | undefined;
  /** Admins that the workspace has, with this one. */
  readonly admins: number;
}

/** Why somebody may not get another role or leave, as a sentence: a workspace keeps an admin, nobody raises themselves. */
export function whyNoChange({ name, isSelf, from, to, admins }: RoleChange): string | undefined {
  if (from === 'admin' && to !== 'admin' && admins <= 1) {
    return `${name} is the last admin of this workspace. Make somebody else an admin first.`;
  }
  if (isSelf && to !== undefined && !isAtLeast(from, to)) {
    return `Nobody gives themselves more rights. Ask another admin for the role ${to}.`;
  }
  return undefined;
}
