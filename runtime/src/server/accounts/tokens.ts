import { SluiceError } from '@sluice/shared/errors.ts';
import type { Clock } from '@sluice/shared/node/context.ts';
import type { Role, Token, User } from '@sluice/shared/protocol/people.ts';
import type { TokenStore } from '../../storage/tokens.ts';
import { hashToken, newToken } from './randomTokens.ts';
import { isAtLeast, lowerRole } from './roles.ts';

/** What every API token begins with, so that a leaked one is found by those who look for such texts. */
export const TOKEN_PREFIX = 'sluice_';
const DAY_MS = 24 * 3_600_000;
/** The last use is written once in this time. */
const NOTE_MS = 60_000;

/** API tokens: of a person, for one workspace, for a while. */
export interface Tokens {
  /** The text of the token is in the answer and nowhere else. Throws `not-allowed` for a role above the person's own. */
  create(user: User, wanted: { name: string; role: Role; days: number }): Token & { token: string };
  /** Who a token stands for: never more than the person may now, and never an owner. */
  find(text: string): { user: User; name: string } | undefined;
  /** One's own in this workspace; those of everybody for an admin. */
  list(user: User): Token[];
  /** Gives the one that is gone. Throws `not-found` for one that is not there, or that is somebody else's and `user` no admin. */
  delete(user: User, id: string): Token;
}

export function createTokens(store: TokenStore, clock: Clock, newId: () => string): Tokens {
  function noteUse(id: string, lastUsedAt: number | undefined): void {
    const now = clock.now();
    if (lastUsedAt !== undefined && now - lastUsedAt < NOTE_MS) return;
    try {
      store.noteUse(id, now);
    } catch (error) {
      // A token that cannot be written because the disk is full still is one.
      if (!(error instanceof SluiceError) || error.code !== 'disk-full') throw error;
    }
  }

  return {
    create(user, { name, role, days }) {
      if (!isAtLeast(user.role, role)) {
        throw new SluiceError(
          'not-allowed',
          `A token may not do more than you: your role is ${user.role}, so it cannot have the role ${role}.`,
        );
      }
      const token = `${TOKEN_PREFIX}${newToken()}`;
      const [id, at] = [newId(), clock.now()];
      const expiresAt = at + days * DAY_MS;
      const { id: person, workspace } = user;
      store.add({ id, tokenHash: hashToken(token), user: person, workspace, name, role, at, expiresAt });
      return { id, name, role, owner: user.email, createdAt: at, expiresAt, token };
    },
    find(text) {
      const found = store.find(hashToken(text), clock.now());
      if (found === undefined) return undefined;
      noteUse(found.id, found.lastUsedAt);
      const role = lowerRole(found.role, found.user.role);
      return { user: { ...found.user, role, isOwner: false }, name: found.name };
    },
    list: (user) => store.list(user.workspace, user.role === 'admin' ? undefined : user.id).map(tokenOf),
    delete(user, id) {
      const found = store.get(user.workspace, id);
      if (found === undefined || (found.user.id !== user.id && user.role !== 'admin')) {
        throw new SluiceError('not-found', 'There is no such token in this workspace.');
      }
      store.remove(user.workspace, id);
      return tokenOf(found);
    },
  };
}

function tokenOf(stored: Token & { readonly user: User }): Token {
  const { user: _, ...token } = stored;
  return token;
}
