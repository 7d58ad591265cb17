import type { User } from '@sluice/shared/protocol/people.ts';
import { userSchema } from '@sluice/shared/protocol/people.ts';
import type { Database, Row } from './database.ts';
import { numberOf, textOf } from './database.ts';

/** A user with what is needed to check a password; never leaves the server. */
interface StoredUser {
  readonly user: User;
  /** As `accounts/password.ts` writes it. */
  readonly password: string;
}

/** Workspaces, users, their sessions, and the token of the first start. */
export interface AccountStore {
  addWorkspace(id: string, name: string, at: number): void;
  hasUsers(): boolean;
  addUser(user: User, password: string, at: number): void;
  userByEmail(email: string): StoredUser | undefined;
  addSession(session: { tokenHash: string; user: string; at: number; expiresAt: number }): void;
  /** The user of a session that has not expired, and when it was last used. */
  session(tokenHash: string, now: number): { user: User; lastUsedAt: number } | undefined;
  renewSession(tokenHash: string, now: number, expiresAt: number): void;
  deleteSession(tokenHash: string): void;
  deleteExpiredSessions(now: number): void;
  setFirstStartToken(tokenHash: string, expiresAt: number): void;
  /** Whether it is the token, and in time. */
  isFirstStartToken(tokenHash: string, now: number): boolean;
  /** Takes the token away; true when it was there and in time. */
  useFirstStartToken(tokenHash: string, now: number): boolean;
  /** All of the work is on disk afterwards, or nothing of it. */
  atomically<T>(work: () => T): T;
}

const USER_COLUMNS = 'users.id, users.email, users.name, users.workspace, users.role, users.is_owner';

export function createAccountStore(database: Database): AccountStore {
  return {
    ...userStatements(database),
    ...sessionStatements(database),
    ...firstStartStatements(database),
    atomically: (work) => database.transaction(work),
  };
}

function userStatements(database: Database) {
  const addWorkspace = database.prepare('INSERT OR IGNORE INTO workspaces VALUES (?, ?, ?)');
  const anyUser = database.prepare('SELECT 1 FROM users LIMIT 1');
  const addUser = database.prepare('INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const byEmail = database.prepare(`SELECT ${USER_COLUMNS}, password FROM users WHERE email = ?`);
  return {
    addWorkspace: (id: string, name: string, at: number) => void addWorkspace.run(id, name, at),
    hasUsers: () => anyUser.get() !== undefined,
    addUser: (user: User, password: string, at: number) =>
      void addUser.run(
        user.id,
        user.workspace,
        user.email,
        user.name,
        user.role,
        password,
        at,
        Number(user.isOwner),
      ),
    userByEmail(email: string): StoredUser | undefined {
      const row = byEmail.get(email);
      return row === undefined ? undefined : { user: readUser(row), password: textOf(row, 'password') };
    },
  };
}

function sessionStatements(database: Database) {
  const add = database.prepare('INSERT INTO sessions VALUES (?, ?, ?, ?, ?)');
  const find = database.prepare(
    `SELECT ${USER_COLUMNS}, last_used_at FROM sessions JOIN users ON users.id = sessions.user
     WHERE token_hash = ? AND expires_at > ?`,
  );
  const renew = database.prepare('UPDATE sessions SET last_used_at = ?, expires_at = ? WHERE token_hash = ?');
  const remove = database.prepare('DELETE FROM sessions WHERE token_hash = ?');
  const expire = database.prepare('DELETE FROM sessions WHERE expires_at <= ?');
  return {
    addSession: (session: { tokenHash: string; user: string; at: number; expiresAt: number }) =>
      void add.run(session.tokenHash, session.user, session.at, session.at, session.expiresAt),
    session(tokenHash: string, now: number) {
      const row = find.get(tokenHash, now);
      return row === undefined
        ? undefined
        : { user: readUser(row), lastUsedAt: numberOf(row, 'last_used_at') };
    },
    renewSession: (tokenHash: string, now: number, expiresAt: number) =>
      void renew.run(now, expiresAt, tokenHash),
    deleteSession: (tokenHash: string) => void remove.run(tokenHash),
    deleteExpiredSessions: (now: number) => void expire.run(now),
  };
}

function firstStartStatements(database: Database) {
  const set = database.prepare('INSERT OR REPLACE INTO first_start VALUES (1, ?, ?)');
  const find = database.prepare('SELECT 1 FROM first_start WHERE token_hash = ? AND expires_at > ?');
  const use = database.prepare('DELETE FROM first_start WHERE token_hash = ? AND expires_at > ?');
  return {
    setFirstStartToken: (tokenHash: string, expiresAt: number) => void set.run(tokenHash, expiresAt),
    isFirstStartToken: (tokenHash: string, now: number) => find.get(tokenHash, now) !== undefined,
    useFirstStartToken: (tokenHash: string, now: number) => use.run(tokenHash, now) === 1,
  };
}

function readUser(row: Row): User {
  return userSchema.parse({ ...row, isOwner: row['is_owner'] === 1 });
}
