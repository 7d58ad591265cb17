import type { Connection } from '@sluice/shared/protocol/http.ts';
import { connectionSchema } from '@sluice/shared/protocol/http.ts';
import * as z from 'zod';
import type { Database, Row } from './database.ts';
import { numberOf, textOf } from './database.ts';
import type { SecretBox } from './secrets.ts';
import type { Keyring } from './workspaceKeys.ts';

/** A connection with its secrets in the clear; only the runner gets them. */
export interface StoredConnection {
  readonly id: string;
  readonly name: string;
  readonly type: Connection['type'];
  readonly config: Connection['config'];
  readonly secrets: Readonly<Record<string, string>>;
  readonly revision: number;
}

/** Connections of a workspace; secrets are sealed on disk, each bound to its workspace, connection and name. */
export interface ConnectionStore {
  list(workspace: string): StoredConnection[];
  get(workspace: string, id: string): StoredConnection | undefined;
  add(workspace: string, connection: StoredConnection): void;
  /** False when it is not of `connection.revision - 1` any more. */
  save(workspace: string, connection: StoredConnection): boolean;
  delete(workspace: string, id: string): void;
}

const sealedSchema = z.record(z.string(), z.string());

export function createConnectionStore(database: Database, keys: Pick<Keyring, 'of'>): ConnectionStore {
  const list = database.prepare('SELECT * FROM connections WHERE workspace = ? ORDER BY name, id');
  const get = database.prepare('SELECT * FROM connections WHERE workspace = ? AND id = ?');
  const add = database.prepare('INSERT INTO connections VALUES (?, ?, ?, ?, ?, ?, ?)');
  const save = database.prepare(
    `UPDATE connections SET name = ?, config = ?, secrets = ?, revision = ?
     WHERE workspace = ? AND id = ? AND revision = ?`,
  );
  const remove = database.prepare('DELETE FROM connections WHERE workspace = ? AND id = ?');
  return {
    list(workspace) {
      const box = keys.of(workspace);
      return list.all(workspace).map((row) => readConnection(row, box));
    },
    get(workspace, id) {
      const row = get.get(workspace, id);
      return row === undefined ? undefined : readConnection(row, keys.of(workspace));
    },
    add(workspace, connection) {
      const { id, name, type, config, revision } = connection;
      const sealed = seal(workspace, connection, keys.of(workspace));
      add.run(workspace, id, name, type, JSON.stringify(config), sealed, revision);
    },
    save(workspace, connection) {
      const { id, name, config, revision } = connection;
      const sealed = seal(workspace, connection, keys.of(workspace));
      return save.run(name, JSON.stringify(config), sealed, revision, workspace, id, revision - 1) === 1;
    },
    delete: (workspace, id) => void remove.run(workspace, id),
  };
}

function seal(workspace: string, connection: StoredConnection, box: SecretBox): string {
  const sealed = Object.entries(connection.secrets).map(([name, secret]) => [
    name,
    box.seal(secret, contextOf(workspace, connection.id, name)),
  ]);
  return JSON.stringify(Object.fromEntries(sealed));
}

function readConnection(row: Row, box: SecretBox): StoredConnection {
  const id = textOf(row, 'id');
  const workspace = textOf(row, 'workspace');
  const sealed = sealedSchema.parse(JSON.parse(textOf(row, 'secrets')));
  const opened = Object.entries(sealed).map(([name, text]) => [
    name,
    box.open(text, contextOf(workspace, id, name)),
  ]);
  return {
    id,
    name: textOf(row, 'name'),
    type: connectionSchema.shape.type.parse(row.type),
    config: connectionSchema.shape.config.parse(JSON.parse(textOf(row, 'config'))),
    secrets: Object.fromEntries(opened) as Record<string, string>,
    revision: numberOf(row, 'revision'),
  };
}

function contextOf(workspace: string, connection: string, name: string): string {
  return JSON.stringify([workspace, connection, name]);
}
