import type { Membership, Person, Role, User } from '@sluice/shared/protocol/people.ts';
import { personSchema, roleSchema, userSchema } from '@sluice/shared/protocol/people.ts';
import type { Database, Row } from './database.ts';
import { numberOf, textOf } from './database.ts';

/** An account by itself, whatever workspaces it is in. */
export interface Account {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly isOwner: boolean;
}

/** An account with what is needed to check a password; never leaves the server. */
export interface StoredAccount extends Account {
  /** As `accounts/password.ts` writes it; none for people who sign in by OIDC only. */
  readonly password: string | undefined;
}

/** Workspaces, accounts, who is in which workspace, and the token of the first start. */
export interface AccountStore {
  addWorkspace(id: string, name: string, at: number): void;
  hasUsers(): boolean;
  /** An account that is in one workspace. */
  addUser(user: User, password: string | undefined, at: number): void;
  accountByEmail(email: string): StoredAccount | undefined;
  account(id: string): StoredAccount | undefined;
  setPassword(id: string, password: string): void;
  setName(id: string, name: string): void;
  /** In order of their names; none that is being deleted. */
  memberships(user: string): Membership[];
  /** The person in a workspace that they are in; none in one that is being deleted. */
  userIn(workspace: string, user: string): User | undefined;
  people(workspace: string): Person[];
  person(workspace: string, user: string): Person | undefined;
  /** Puts somebody into a workspace, or gives them another role there. */
  setRole(workspace: string, user: string, role: Role, at: number): void;
  /** Takes somebody out of a workspace; their tokens there go with it. */
  removeFrom(workspace: string, user: string): void;
  adminsOf(workspace: string): number;
  setFirstStartToken(tokenHash: string, expiresAt: number): void;
  /** Whether it is the token, and in time. */
  isFirstStartToken(tokenHash: string, now: number): boolean;
  /** Takes the token away; true when it was there and in time. */
  useFirstStartToken(tokenHash: string, now: number): boolean;
  /** All of the work is on disk afterwards, or nothing of it. */
  atomically<T>(work: () => T): T;
}

export function createAccountStore(database: Database): AccountStore {
  return {
    ...accountStatements(database),
    ...membershipStatements(database),
    ...personStatements(database),
    ...firstStartStatements(database),
    atomically: (work) => database.transaction(work),
  };
}

function accountStatements(database: Database) {
  const addWorkspace = database.prepare('INSERT OR IGNORE INTO workspaces VALUES (?, ?, ?)');
  const anyUser = database.prepare('SELECT 1 FROM users LIMIT 1');
  const addUser = database.prepare('INSERT INTO users VALUES (?, ?, ?, ?, ?, ?)');
  const join = database.prepare('INSERT INTO memberships VALUES (?, ?, ?, ?)');
  const byEmail = database.prepare('SELECT * FROM users WHERE email = ?');
  const byId = database.prepare('SELECT * FROM users WHERE id = ?');
  const setPassword = database.prepare('UPDATE users SET password = ? WHERE id = ?');
  const setName = database.prepare('UPDATE users SET name = ? WHERE id = ?');
  return {
    addWorkspace: (id: string, name: string, at: number) => void addWorkspace.run(id, name, at),
    hasUsers: () => anyUser.get() !== undefined,
    addUser(user: User, password: string | undefined, at: number) {
      database.transaction(() => {
        addUser.run(user.id, user.email, user.name, password ?? null, Number(user.isOwner), at);
        join.run(user.id, user.workspace, user.role, at);
      });
    },
    accountByEmail: (email: string) => readAccount(byEmail.get(email)),
    account: (id: string) => readAccount(byId.get(id)),
    setPassword: (id: string, password: string) => void setPassword.run(password, id),
    setName: (id: string, name: string) => void setName.run(name, id),
  };
}

const LIVING = 'workspace NOT IN (SELECT id FROM workspace_deletions)';

function membershipStatements(database: Database) {
  const all = database.prepare(
    `SELECT memberships.workspace, workspaces.name, role FROM memberships
     JOIN workspaces ON workspaces.id = memberships.workspace
     WHERE user = ? AND ${LIVING} ORDER BY workspaces.name COLLATE NOCASE, workspaces.id`,
  );
  const userIn = database.prepare(
    `SELECT users.id, email, name, workspace, role, is_owner FROM memberships JOIN users ON users.id = user
     WHERE workspace = ? AND user = ? AND ${LIVING}`,
  );
  const setRole = database.prepare(
    `INSERT INTO memberships VALUES (?, ?, ?, ?)
     ON CONFLICT (user, workspace) DO UPDATE SET role = excluded.role`,
  );
  const remove = database.prepare('DELETE FROM memberships WHERE workspace = ? AND user = ?');
  const admins = database.prepare(
    "SELECT count(*) AS count FROM memberships WHERE workspace = ? AND role = 'admin'",
  );
  return {
    memberships: (user: string): Membership[] =>
      all.all(user).map((row) => ({
        workspace: textOf(row, 'workspace'),
        name: textOf(row, 'name'),
        role: roleSchema.parse(row['role']),
      })),
    userIn(workspace: string, user: string) {
      const row = userIn.get(workspace, user);
      return row === undefined ? undefined : readUser(row);
    },
    setRole: (workspace: string, user: string, role: Role, at: number) =>
      void setRole.run(user, workspace, role, at),
    removeFrom: (workspace: string, user: string) => void remove.run(workspace, user),
    adminsOf: (workspace: string) => numberOf(admins.get(workspace) ?? {}, 'count'),
  };
}

const PEOPLE = `
  SELECT users.id, email, name, role, joined_at,
    EXISTS (SELECT 1 FROM second_factors WHERE user = users.id AND confirmed_at IS NOT NULL) AS second_factor,
    (SELECT max(last_used_at) FROM sessions WHERE user = users.id AND stands_in = memberships.workspace) AS last_seen
  FROM memberships JOIN users ON users.id = memberships.user WHERE workspace = ?`;

function personStatements(database: Database) {
  const list = database.prepare(`${PEOPLE} ORDER BY name COLLATE NOCASE, users.id`);
  const get = database.prepare(`${PEOPLE} AND users.id = ?`);
  return {
    people: (workspace: string) => list.all(workspace).map(readPerson),
    person(workspace: string, user: string) {
      const row = get.get(workspace, user);
      return row === undefined ? undefined : readPerson(row);
    },
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

function readAccount(row: Row | undefined): StoredAccount | undefined {
  if (row === undefined) return undefined;
  return {
    id: textOf(row, 'id'),
    email: textOf(row, 'email'),
    name: textOf(row, 'name'),
    isOwner: row['is_owner'] === 1,
    password: row['password'] === null ? undefined : textOf(row, 'password'),
  };
}

/** Reads the columns id, email, name, workspace, role and is_owner. */
export function readUser(row: Row): User {
  return userSchema.parse({ ...row, isOwner: row['is_owner'] === 1 });
}

function readPerson(row: Row): Person {
  const { joined_at: joinedAt, second_factor: secondFactor, last_seen: lastSeen, ...rest } = row;
  return personSchema.parse({
    ...rest,
    joinedAt,
    hasSecondFactor: secondFactor === 1,
    ...(lastSeen === null ? {} : { lastSeenAt: lastSeen }),
  });
}
