import type { Credential } from '@sluice/shared/protocol/credentials.ts';
import { credentialSchema } from '@sluice/shared/protocol/credentials.ts';
import type { Database, Row } from './database.ts';
import { numberOf, textOf } from './database.ts';

/** A credential with what it is known by: SHA-256 of the token or of the certificate, hex. */
interface NewCredential {
  readonly credential: Credential;
  readonly workspace: string;
  readonly hash: string;
}

interface StoredCredential {
  readonly credential: Credential;
  readonly workspace: string;
}

/** A certificate authority of a workspace; its key is sealed. */
export interface StoredAuthority {
  readonly id: string;
  readonly certificate: string;
  readonly sealedKey: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface CredentialStore {
  add(credential: NewCredential): void;
  /** By what a client has shown; not of a workspace that is being deleted. Those that have ended are found as well. */
  find(hash: string): StoredCredential | undefined;
  /** The oldest first. */
  list(workspace: string, device: string): Credential[];
  get(workspace: string, device: string, id: string): Credential | undefined;
  remove(workspace: string, id: string): void;
  noteUses(uses: ReadonlyMap<string, number>): void;
  /** The newest first. */
  authorities(workspace: string): StoredAuthority[];
  addAuthority(workspace: string, authority: StoredAuthority): void;
}

export function createCredentialStore(database: Database): CredentialStore {
  const add = database.prepare('INSERT INTO credentials VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)');
  const find = database.prepare(
    `SELECT * FROM credentials WHERE hash = ? AND workspace NOT IN (SELECT id FROM workspace_deletions)`,
  );
  const list = database.prepare(
    'SELECT * FROM credentials WHERE workspace = ? AND device = ? ORDER BY created_at, id',
  );
  const get = database.prepare('SELECT * FROM credentials WHERE workspace = ? AND device = ? AND id = ?');
  const remove = database.prepare('DELETE FROM credentials WHERE workspace = ? AND id = ?');
  const use = database.prepare('UPDATE credentials SET last_used_at = ? WHERE id = ?');
  const authorities = database.prepare(
    'SELECT * FROM authorities WHERE workspace = ? ORDER BY created_at DESC, id',
  );
  const addAuthority = database.prepare('INSERT INTO authorities VALUES (?, ?, ?, ?, ?, ?)');
  return {
    add({ credential, workspace, hash }) {
      const { id, device, kind, serial, createdAt, createdBy, expiresAt } = credential;
      add.run(id, workspace, device, kind, hash, serial ?? null, createdAt, createdBy, expiresAt ?? null);
    },
    find(hash) {
      const row = find.get(hash);
      return row && { credential: readCredential(row), workspace: textOf(row, 'workspace') };
    },
    list: (workspace, device) => list.all(workspace, device).map(readCredential),
    get(workspace, device, id) {
      const row = get.get(workspace, device, id);
      return row && readCredential(row);
    },
    remove: (workspace, id) => void remove.run(workspace, id),
    noteUses(uses) {
      database.transaction(() => {
        for (const [id, at] of uses) use.run(at, id);
      });
    },
    authorities: (workspace) =>
      authorities.all(workspace).map((row) => ({
        id: textOf(row, 'id'),
        certificate: textOf(row, 'certificate'),
        sealedKey: textOf(row, 'sealed_key'),
        createdAt: numberOf(row, 'created_at'),
        expiresAt: numberOf(row, 'expires_at'),
      })),
    addAuthority: (workspace, { id, certificate, sealedKey, createdAt, expiresAt }) =>
      void addAuthority.run(id, workspace, certificate, sealedKey, createdAt, expiresAt),
  };
}

function readCredential(row: Row): Credential {
  const kind = textOf(row, 'kind');
  return credentialSchema.parse({
    id: row['id'],
    device: row['device'],
    kind,
    createdAt: row['created_at'],
    createdBy: row['created_by'],
    ...(row['expires_at'] === null ? {} : { expiresAt: row['expires_at'] }),
    ...(row['last_used_at'] === null ? {} : { lastUsedAt: row['last_used_at'] }),
    ...(row['serial'] === null ? {} : { serial: row['serial'] }),
    ...(kind === 'certificate' ? { fingerprint: row['hash'] } : {}),
  });
}
