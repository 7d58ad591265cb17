import type { Token, User } from '@sluice/shared/protocol/people.ts';
import { tokenSchema } from '@sluice/shared/protocol/people.ts';
import { readUser } from './accounts.ts';
import type { Database, Row } from './database.ts';

/** An API token that has not expired, with the person it belongs to as they are in its workspace now. */
interface StoredToken extends Token {
  readonly user: User;
}

interface NewToken {
  readonly id: string;
  readonly tokenHash: string;
  readonly user: string;
  readonly workspace: string;
  readonly name: string;
  readonly role: Token['role'];
  readonly at: number;
  readonly expiresAt: number;
}

export interface TokenStore {
  add(token: NewToken): void;
  find(tokenHash: string, now: number): StoredToken | undefined;
  /** Those of a workspace, or of one person in it, the newest first. */
  list(workspace: string, user: string | undefined): StoredToken[];
  get(workspace: string, id: string): StoredToken | undefined;
  noteUse(id: string, at: number): void;
  remove(workspace: string, id: string): void;
}

const COLUMNS = `
  SELECT tokens.id AS token, tokens.name AS token_name, tokens.role AS token_role, tokens.created_at,
    expires_at, last_used_at, users.id, email, users.name, is_owner, memberships.workspace, memberships.role
  FROM tokens JOIN users ON users.id = tokens.user
  JOIN memberships ON memberships.user = tokens.user AND memberships.workspace = tokens.workspace
  WHERE tokens.workspace NOT IN (SELECT id FROM workspace_deletions) AND`;

export function createTokenStore(database: Database): TokenStore {
  const add = database.prepare('INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)');
  const find = database.prepare(`${COLUMNS} token_hash = ? AND expires_at > ?`);
  const list = database.prepare(
    `${COLUMNS} tokens.workspace = ?1 AND (?2 IS NULL OR tokens.user = ?2)
     ORDER BY tokens.created_at DESC, tokens.id`,
  );
  const get = database.prepare(`${COLUMNS} tokens.workspace = ? AND tokens.id = ?`);
  const use = database.prepare('UPDATE tokens SET last_used_at = ? WHERE id = ?');
  const remove = database.prepare('DELETE FROM tokens WHERE workspace = ? AND id = ?');
  const one = (row: Row | undefined): StoredToken | undefined =>
    row === undefined ? undefined : readToken(row);
  return {
    add: ({ id, tokenHash, user, workspace, name, role, at, expiresAt }) =>
      void add.run(id, tokenHash, user, workspace, name, role, at, expiresAt),
    find: (tokenHash, now) => one(find.get(tokenHash, now)),
    list: (workspace, user) => list.all(workspace, user ?? null).map(readToken),
    get: (workspace, id) => one(get.get(workspace, id)),
    noteUse: (id, at) => void use.run(at, id),
    remove: (workspace, id) => void remove.run(workspace, id),
  };
}

function readToken(row: Row): StoredToken {
  const token = tokenSchema.parse({
    id: row['token'],
    name: row['token_name'],
    role: row['token_role'],
    owner: row['email'],
    createdAt: row['created_at'],
    expiresAt: row['expires_at'],
    ...(row['last_used_at'] === null ? {} : { lastUsedAt: row['last_used_at'] }),
  });
  return { ...token, user: readUser(row) };
}
