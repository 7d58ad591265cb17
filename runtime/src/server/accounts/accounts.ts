import { createHash, randomBytes } from 'node:crypto';
import { SluiceError } from '@sluice/shared/errors.ts';
import type { User } from '@sluice/shared/protocol/people.ts';
import type { Clock } from '@sluice/shared/node/context.ts';
import type { AccountStore } from '../../storage/accounts.ts';
import { whyTooCommon } from './commonPasswords.ts';
import { hashPassword, isPassword } from './password.ts';

/** The workspace of the first account. */
export const FIRST_WORKSPACE = 'main';
/** A session ends this long after it was last used. */
export const SESSION_MS = 30 * 24 * 3_600_000;
const FIRST_START_MS = 30 * 60_000;
/** A session is written again only so often, so that reading does not mean writing. */
const RENEW_MS = 3_600_000;

interface NewAccount {
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

export interface Accounts {
  /** There is no account yet. */
  isFirstStart(): boolean;
  /** Makes the one-time token of the first start; the one before is worth nothing any more. */
  newFirstStartToken(): string;
  /** Makes the first account. Throws `link-used` for a token that is wrong, used or too old. */
  createFirst(token: string, account: NewAccount): Promise<User>;
  /** Makes the first account from the settings; does nothing when there is one. */
  createFromSettings(account: NewAccount): Promise<void>;
  /** Throws `wrong-credentials`, after the same time whether or not there is such an account. */
  signIn(email: string, password: string): Promise<User>;
  /** Starts a session; gives the token for the cookie. */
  openSession(user: User): string;
  /** Who a token belongs to; a session that is used lives on. */
  userOf(token: string): User | undefined;
  closeSession(token: string): void;
}

export function createAccounts(store: AccountStore, clock: Clock, newId: () => string): Accounts {
  // Compared with when there is no such account, so that the answer takes as long. Made when first needed: it takes memory.
  let nobody: Promise<string> | undefined;

  /** `allow` is part of what is written as a whole: a link is not used up when the account cannot be stored. */
  async function create(account: NewAccount, allow: () => boolean): Promise<User> {
    const weak = whyTooCommon(account.password, [account.email, account.name]);
    if (weak !== undefined) throw new SluiceError('invalid-input', weak);
    const password = await hashPassword(account.password);
    const { email, name } = account;
    const user: User = {
      id: newId(),
      email,
      name,
      workspace: FIRST_WORKSPACE,
      role: 'admin',
      isOwner: true,
    };
    store.atomically(() => {
      // Looked at again: hashing took a while.
      if (store.hasUsers() || !allow()) throw linkUsed();
      store.addWorkspace(FIRST_WORKSPACE, 'Main', clock.now());
      store.addUser(user, password, clock.now());
    });
    return user;
  }

  /** A session that cannot be renewed because the disk is full still is one. */
  function renew(tokenHash: string, now: number): void {
    try {
      store.renewSession(tokenHash, now, now + SESSION_MS);
    } catch (error) {
      if (!(error instanceof SluiceError) || error.code !== 'disk-full') throw error;
    }
  }

  return {
    isFirstStart: () => !store.hasUsers(),
    newFirstStartToken() {
      const token = newToken();
      store.setFirstStartToken(hashToken(token), clock.now() + FIRST_START_MS);
      return token;
    },
    async createFirst(token, account) {
      const tokenHash = hashToken(token);
      // Looked at before the work of hashing a password, and taken away when the account is stored.
      if (store.hasUsers() || !store.isFirstStartToken(tokenHash, clock.now())) throw linkUsed();
      return create(account, () => store.useFirstStartToken(tokenHash, clock.now()));
    },
    async createFromSettings(account) {
      if (!store.hasUsers()) await create(account, () => true);
    },
    async signIn(email, password) {
      const stored = store.userByEmail(email);
      nobody ??= hashPassword(randomBytes(16).toString('hex'));
      const isRight = await isPassword(password, stored?.password ?? (await nobody));
      if (stored === undefined || !isRight) {
        throw new SluiceError('wrong-credentials', 'E-mail or password is wrong. Try again.');
      }
      return stored.user;
    },
    openSession(user) {
      const token = newToken();
      const at = clock.now();
      store.deleteExpiredSessions(at);
      store.addSession({ tokenHash: hashToken(token), user: user.id, at, expiresAt: at + SESSION_MS });
      return token;
    },
    userOf(token) {
      const now = clock.now();
      const tokenHash = hashToken(token);
      const found = store.session(tokenHash, now);
      if (found === undefined) return undefined;
      if (now - found.lastUsedAt > RENEW_MS) renew(tokenHash, now);
      return found.user;
    },
    closeSession: (token) => store.deleteSession(hashToken(token)),
  };
}

function linkUsed(): SluiceError {
  return new SluiceError(
    'link-used',
    'This link was used already, is older than 30 minutes, or is not from the last start. Start Sluice again for a new one.',
  );
}

function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Tokens are random, so a plain hash is enough; what is on disk opens no session. */
function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
