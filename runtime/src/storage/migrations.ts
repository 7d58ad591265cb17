/**
 * The schema, one step after the other; `PRAGMA user_version` says how many were done. A step that was released is
 * never changed: what comes later is a step of its own.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE workspaces (id TEXT PRIMARY KEY, name TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;

  CREATE TABLE users (
    id TEXT PRIMARY KEY,
    workspace TEXT NOT NULL REFERENCES workspaces(id),
    email TEXT NOT NULL COLLATE NOCASE UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    user TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE first_start (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    token_hash TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE flows (
    workspace TEXT NOT NULL REFERENCES workspaces(id),
    id TEXT NOT NULL,
    draft TEXT NOT NULL,
    hash TEXT NOT NULL,
    revision INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
  ) STRICT;

  CREATE TABLE versions (
    workspace TEXT NOT NULL,
    flow TEXT NOT NULL,
    version INTEGER NOT NULL,
    content TEXT NOT NULL,
    hash TEXT NOT NULL,
    note TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (workspace, flow, version),
    FOREIGN KEY (workspace, flow) REFERENCES flows(workspace, id) ON DELETE CASCADE
  ) STRICT;
  CREATE TRIGGER versions_never_change BEFORE UPDATE ON versions
    BEGIN SELECT RAISE(ABORT, 'a version never changes'); END;

  CREATE TABLE deployments (
    workspace TEXT NOT NULL,
    flow TEXT NOT NULL,
    version INTEGER NOT NULL,
    wanted INTEGER NOT NULL,
    state TEXT NOT NULL,
    sentence TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (workspace, flow),
    FOREIGN KEY (workspace, flow, version) REFERENCES versions(workspace, flow, version) ON DELETE CASCADE
  ) STRICT;

  CREATE TABLE devices (
    workspace TEXT NOT NULL REFERENCES workspaces(id),
    id TEXT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE connections (
    workspace TEXT NOT NULL REFERENCES workspaces(id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    config TEXT NOT NULL,
    secrets TEXT NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (workspace, id)
  ) STRICT;

  CREATE TABLE alarms (
    workspace TEXT NOT NULL REFERENCES workspaces(id),
    id TEXT NOT NULL,
    flow TEXT NOT NULL,
    node TEXT NOT NULL,
    key TEXT NOT NULL,
    device TEXT,
    state TEXT NOT NULL,
    severity TEXT NOT NULL,
    text TEXT NOT NULL,
    raised_at INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    cleared_at INTEGER,
    count INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
  ) STRICT;
  CREATE UNIQUE INDEX alarms_one_active ON alarms (workspace, flow, node, key) WHERE state = 'active';
  CREATE INDEX alarms_by_time ON alarms (workspace, raised_at);

  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace TEXT NOT NULL,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    address TEXT NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    details TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  CREATE TRIGGER audit_keeps_all BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  `,
  `
  CREATE TABLE limits (
    workspace TEXT PRIMARY KEY REFERENCES workspaces(id),
    content TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE users ADD COLUMN is_owner INTEGER NOT NULL DEFAULT 0;
  UPDATE users SET is_owner = 1 WHERE rowid = (SELECT MIN(rowid) FROM users);
  `,
  // Entries from before have no hash: the chain of a workspace starts after the last of them.
  `
  ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT '';
  CREATE INDEX audit_by_workspace ON audit (workspace, id);
  CREATE TABLE audit_chains (
    workspace TEXT PRIMARY KEY,
    start_id INTEGER NOT NULL,
    start_hash TEXT NOT NULL,
    end_id INTEGER NOT NULL,
    end_hash TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO audit_chains SELECT workspace, MAX(id), '', MAX(id), '' FROM audit GROUP BY workspace;
  DROP TRIGGER audit_keeps_all;
  CREATE TRIGGER audit_keeps_all BEFORE DELETE ON audit
    WHEN OLD.id > coalesce((SELECT start_id FROM audit_chains WHERE workspace = OLD.workspace), 0)
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  CREATE TABLE retention (workspace TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE workspace_keys (
    id TEXT PRIMARY KEY,
    workspace TEXT NOT NULL,
    wrapped TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    is_current INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX workspace_keys_current ON workspace_keys (workspace) WHERE is_current = 1;
  CREATE TABLE master_key (only INTEGER PRIMARY KEY CHECK (only = 1), fingerprint TEXT NOT NULL) STRICT;
  `,
  `
  CREATE TABLE workspace_deletions (id TEXT PRIMARY KEY, begun_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE sessions RENAME TO old_sessions;
  ALTER TABLE users RENAME TO old_users;

  CREATE TABLE users (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL COLLATE NOCASE UNIQUE,
    name TEXT NOT NULL,
    password TEXT,
    is_owner INTEGER NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;
  INSERT INTO users SELECT id, email, name, password, is_owner, created_at FROM old_users ORDER BY rowid;

  CREATE TABLE memberships (
    user TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    workspace TEXT NOT NULL REFERENCES workspaces(id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    joined_at INTEGER NOT NULL,
    PRIMARY KEY (user, workspace)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX memberships_by_workspace ON memberships (workspace);
  INSERT INTO memberships SELECT id, workspace, role, created_at FROM old_users;

  CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    user TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    stands_in TEXT REFERENCES workspaces(id) ON DELETE SET NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    address TEXT NOT NULL,
    browser TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sessions_by_user ON sessions (user);
  INSERT INTO sessions SELECT token_hash, lower(hex(randomblob(16))), user,
    (SELECT workspace FROM old_users WHERE id = user), created_at, last_used_at, expires_at, '', ''
    FROM old_sessions;
  DROP TABLE old_sessions;
  DROP TABLE old_users;

  CREATE TABLE second_factors (
    user TEXT PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
    secret TEXT NOT NULL,
    confirmed_at INTEGER,
    last_step INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE recovery_codes (
    user TEXT NOT NULL REFERENCES second_factors(user) ON DELETE CASCADE,
    code_hash TEXT NOT NULL,
    PRIMARY KEY (user, code_hash)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE invitations (
    id TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    workspace TEXT NOT NULL REFERENCES workspaces(id) ON DELETE CASCADE,
    email TEXT NOT NULL COLLATE NOCASE,
    role TEXT NOT NULL,
    invited_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    UNIQUE (workspace, email)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    user TEXT NOT NULL,
    workspace TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    last_used_at INTEGER,
    FOREIGN KEY (user, workspace) REFERENCES memberships(user, workspace) ON DELETE CASCADE
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX tokens_by_workspace ON tokens (workspace, user);

  CREATE TABLE outside_identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    user TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    PRIMARY KEY (issuer, subject)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE credentials (
    id TEXT PRIMARY KEY,
    workspace TEXT NOT NULL REFERENCES workspaces(id) ON DELETE CASCADE,
    device TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- SHA-256, hex: of the text of a token, of the certificate as DER.
    hash TEXT NOT NULL UNIQUE,
    serial TEXT,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX credentials_by_device ON credentials (workspace, device);

  CREATE TABLE authorities (
    id TEXT PRIMARY KEY,
    workspace TEXT NOT NULL REFERENCES workspaces(id) ON DELETE CASCADE,
    certificate TEXT NOT NULL,
    sealed_key TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX authorities_by_workspace ON authorities (workspace, created_at);
  `,
];
