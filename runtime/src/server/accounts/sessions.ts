import { SluiceError } from '@sluice/shared/errors.ts';
import type { Session, User } from '@sluice/shared/protocol/people.ts';
import type { Clock } from '@sluice/shared/node/context.ts';
import type { AccountStore } from '../../storage/accounts.ts';
import type { Origin, SessionStore } from '../../storage/sessions.ts';
import { hashToken, newToken } from './randomTokens.ts';

/** A session ends this long after it was last used. */
export const SESSION_MS = 30 * 24 * 3_600_000;
/** A session is written again only so often, so that reading does not mean writing. */
const RENEW_MS = 5 * 60_000;

/** What a cookie stands for; without `user` its person is in no workspace any more. */
interface FoundSession {
  readonly id: string;
  readonly email: string;
  readonly user: User | undefined;
}

/** Sessions of people in browsers. Each stands in one workspace; tokens are known by their hashes only. */
export interface Sessions {
  /** Starts a session in the workspace of `user`; gives the token for the cookie. */
  open(user: User, origin: Origin): string;
  /** A session that is used lives on. One whose person left its workspace falls to another of theirs. */
  find(token: string, origin?: Origin): FoundSession | undefined;
  close(token: string): void;
  /** Gives a session a new token; the one before is worth nothing. */
  rotate(id: string): string;
  standIn(id: string, workspace: string): void;
  /** Where an account was last, by the sessions that it has. */
  lastWorkspace(user: string): string | undefined;
  /** Those of an account, `current` marked. */
  list(user: string, current: string): Session[];
  /** Throws `not-found` for one that is not of this account. */
  end(user: string, id: string): void;
  /** Ends all of an account, but for one if it is given; gives how many. */
  endAll(user: string, exceptId?: string): number;
}

export interface SessionsOptions {
  readonly store: SessionStore;
  readonly accounts: AccountStore;
  readonly clock: Clock;
  newId(): string;
}

export function createSessions({ store, accounts, clock, newId }: SessionsOptions): Sessions {
  /** A session that cannot be written because the disk is full still is one. */
  function unlessFull(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!(error instanceof SluiceError) || error.code !== 'disk-full') throw error;
    }
  }

  function elsewhere(session: string, account: string): User | undefined {
    const [next] = accounts.memberships(account);
    if (next === undefined) return undefined;
    unlessFull(() => store.standIn(session, next.workspace));
    return accounts.userIn(next.workspace, account);
  }

  return {
    open(user, origin) {
      const token = newToken();
      const at = clock.now();
      const { address, browser } = cut(origin);
      store.removeExpired(at);
      store.add({
        tokenHash: hashToken(token),
        id: newId(),
        user: user.id,
        workspace: user.workspace,
        at,
        expiresAt: at + SESSION_MS,
        address,
        browser,
      });
      return token;
    },
    find(token, origin) {
      const now = clock.now();
      const tokenHash = hashToken(token);
      const found = store.find(tokenHash, now);
      if (found === undefined) return undefined;
      const isOld = now - found.lastUsedAt > RENEW_MS;
      if (isOld || (origin !== undefined && origin.address !== found.address)) {
        const from = origin === undefined ? undefined : cut(origin);
        unlessFull(() => store.renew(tokenHash, now, now + SESSION_MS, from));
      }
      const { id, account } = found;
      return { id, email: account.email, user: found.user ?? elsewhere(id, account.id) };
    },
    close: (token) => store.remove(hashToken(token)),
    rotate(id) {
      const token = newToken();
      store.rotate(id, hashToken(token));
      return token;
    },
    standIn: (id, workspace) => store.standIn(id, workspace),
    lastWorkspace: (user) => store.list(user, clock.now())[0]?.user?.workspace,
    list: (user, current) =>
      store.list(user, clock.now()).map((session) => ({
        id: session.id,
        createdAt: session.createdAt,
        lastUsedAt: session.lastUsedAt,
        expiresAt: session.expiresAt,
        address: session.address,
        browser: session.browser,
        isCurrent: session.id === current,
      })),
    end(user, id) {
      if (store.removeById(user, id)) return;
      throw new SluiceError('not-found', 'This session has ended already.');
    },
    endAll: (user, exceptId) => store.removeAllOf(user, exceptId),
  };
}

/** A browser says of itself what it likes, at any length. */
function cut({ address, browser }: Origin): Origin {
  return { address: address.slice(0, 100), browser: browser.slice(0, 300) };
}
