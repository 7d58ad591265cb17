import type { User } from '@sluice/shared/protocol/people.ts';
import type { Account } from './accounts.ts';
import { readUser } from './accounts.ts';
import type { Database, Row } from './database.ts';
import { numberOf, textOf } from './database.ts';

/** From where a session is used, and by which browser, as it says itself. */
export interface Origin {
  readonly address: string;
  readonly browser: string;
}

interface NewSession extends Origin {
  readonly tokenHash: string;
  readonly id: string;
  readonly user: string;
  /** The workspace that it stands in. */
  readonly workspace: string;
  readonly at: number;
  readonly expiresAt: number;
}

/** A session that has not expired. */
interface StoredSession extends Origin {
  readonly id: string;
  readonly account: Account;
  /** The person where the session stands; none when they are not in that workspace any more. */
  readonly user: User | undefined;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number;
}

export interface SessionStore {
  add(session: NewSession): void;
  find(tokenHash: string, now: number): StoredSession | undefined;
  /** Those of an account, the one used last first. */
  list(user: string, now: number): StoredSession[];
  /** Without an origin it keeps the one that it was used from before. */
  renew(tokenHash: string, now: number, expiresAt: number, origin: Origin | undefined): void;
  /** It has another token from now on. */
  rotate(id: string, tokenHash: string): void;
  standIn(id: string, workspace: string): void;
  remove(tokenHash: string): void;
  /** Ends one of an account; false when there is none. */
  removeById(user: string, id: string): boolean;
  /** Ends all of an account but one. */
  removeAllOf(user: string, exceptId: string | undefined): number;
  removeExpired(now: number): void;
}

const COLUMNS = `
  SELECT sessions.id AS session, sessions.created_at, last_used_at, expires_at, address, browser,
    users.id, email, name, is_owner, memberships.workspace, role
  FROM sessions JOIN users ON users.id = sessions.user
  LEFT JOIN memberships ON memberships.user = sessions.user AND memberships.workspace = stands_in
    AND stands_in NOT IN (SELECT id FROM workspace_deletions)`;

export function createSessionStore(database: Database): SessionStore {
  const add = database.prepare('INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const find = database.prepare(`${COLUMNS} WHERE token_hash = ? AND expires_at > ?`);
  const list = database.prepare(
    `${COLUMNS} WHERE sessions.user = ? AND expires_at > ? ORDER BY last_used_at DESC, sessions.id`,
  );
  const renew = database.prepare(
    'UPDATE sessions SET last_used_at = ?, expires_at = ?, address = coalesce(?, address), browser = coalesce(?, browser) WHERE token_hash = ?',
  );
  const rotate = database.prepare('UPDATE sessions SET token_hash = ? WHERE id = ?');
  const stand = database.prepare('UPDATE sessions SET stands_in = ? WHERE id = ?');
  return {
    add: ({ tokenHash, id, user, workspace, at, expiresAt, address, browser }) =>
      void add.run(tokenHash, id, user, workspace, at, at, expiresAt, address, browser),
    find(tokenHash, now) {
      const row = find.get(tokenHash, now);
      return row === undefined ? undefined : readSession(row);
    },
    list: (user, now) => list.all(user, now).map(readSession),
    renew: (tokenHash, now, expiresAt, origin) =>
      void renew.run(now, expiresAt, origin?.address ?? null, origin?.browser ?? null, tokenHash),
    rotate: (id, tokenHash) => void rotate.run(tokenHash, id),
    standIn: (id, workspace) => void stand.run(workspace, id),
    ...removals(database),
  };
}

function removals(database: Database) {
  const remove = database.prepare('DELETE FROM sessions WHERE token_hash = ?');
  const removeById = database.prepare('DELETE FROM sessions WHERE user = ? AND id = ?');
  const removeAll = database.prepare('DELETE FROM sessions WHERE user = ? AND id IS NOT ?');
  const expire = database.prepare('DELETE FROM sessions WHERE expires_at <= ?');
  return {
    remove: (tokenHash: string) => void remove.run(tokenHash),
    removeById: (user: string, id: string) => removeById.run(user, id) === 1,
    removeAllOf: (user: string, exceptId: string | undefined) => removeAll.run(user, exceptId ?? null),
    removeExpired: (now: number) => void expire.run(now),
  };
}

function readSession(row: Row): StoredSession {
  return {
    id: textOf(row, 'session'),
    account: {
      id: textOf(row, 'id'),
      email: textOf(row, 'email'),
      name: textOf(row, 'name'),
      isOwner: row['is_owner'] === 1,
    },
    user: row['role'] === null ? undefined : readUser(row),
    createdAt: numberOf(row, 'created_at'),
    lastUsedAt: numberOf(row, 'last_used_at'),
    expiresAt: numberOf(row, 'expires_at'),
    address: textOf(row, 'address'),
    browser: textOf(row, 'browser'),
  };
}
