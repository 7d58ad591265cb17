import type { Flow } from '@sluice/shared/flow/flow.ts';
import { flowSchema } from '@sluice/shared/flow/flow.ts';
import type { Version } from '@sluice/shared/protocol/http.ts';
import type { Database, Row } from './database.ts';
import { numberOf, textOf } from './database.ts';

/** The draft of a flow. */
export interface StoredDraft {
  readonly id: string;
  readonly flow: Flow;
  /** SHA-256 of the canonical flow, hex. */
  readonly hash: string;
  readonly revision: number;
  readonly updatedAt: number;
  readonly updatedBy: string;
}

/** Drafts and versions of the flows of a workspace. */
export interface FlowStore {
  list(workspace: string): StoredDraft[];
  get(workspace: string, id: string): StoredDraft | undefined;
  add(workspace: string, draft: StoredDraft): void;
  /** False when the draft is not of `draft.revision - 1` any more. */
  save(workspace: string, draft: StoredDraft): boolean;
  delete(workspace: string, id: string): void;
  versions(workspace: string, id: string): Version[];
  version(workspace: string, id: string, version: number): (Version & { flow: Flow }) | undefined;
  addVersion(workspace: string, id: string, version: Version & { flow: Flow }): void;
}

export function createFlowStore(database: Database): FlowStore {
  return { ...draftStatements(database), ...versionStatements(database) };
}

function draftStatements(database: Database) {
  const list = database.prepare('SELECT * FROM flows WHERE workspace = ? ORDER BY id');
  const get = database.prepare('SELECT * FROM flows WHERE workspace = ? AND id = ?');
  const add = database.prepare('INSERT INTO flows VALUES (?, ?, ?, ?, ?, ?, ?)');
  const save = database.prepare(
    `UPDATE flows SET draft = ?, hash = ?, revision = ?, updated_at = ?, updated_by = ?
     WHERE workspace = ? AND id = ? AND revision = ?`,
  );
  const remove = database.prepare('DELETE FROM flows WHERE workspace = ? AND id = ?');
  return {
    list: (workspace: string) => list.all(workspace).map(readDraft),
    get(workspace: string, id: string) {
      const row = get.get(workspace, id);
      return row === undefined ? undefined : readDraft(row);
    },
    add(workspace: string, draft: StoredDraft) {
      const text = JSON.stringify(draft.flow);
      add.run(workspace, draft.id, text, draft.hash, draft.revision, draft.updatedAt, draft.updatedBy);
    },
    save(workspace: string, draft: StoredDraft): boolean {
      const { revision, hash, updatedAt, updatedBy, id } = draft;
      const text = JSON.stringify(draft.flow);
      return save.run(text, hash, revision, updatedAt, updatedBy, workspace, id, revision - 1) === 1;
    },
    delete: (workspace: string, id: string) => void remove.run(workspace, id),
  };
}

function versionStatements(database: Database) {
  const columns = 'version, created_at, created_by, note, hash';
  const list = database.prepare(
    `SELECT ${columns} FROM versions WHERE workspace = ? AND flow = ? ORDER BY version DESC`,
  );
  const get = database.prepare('SELECT * FROM versions WHERE workspace = ? AND flow = ? AND version = ?');
  const add = database.prepare('INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  return {
    versions: (workspace: string, id: string) => list.all(workspace, id).map(readVersion),
    version(workspace: string, id: string, version: number) {
      const row = get.get(workspace, id, version);
      return row === undefined ? undefined : { ...readVersion(row), flow: readFlowText(row, 'content') };
    },
    addVersion(workspace: string, id: string, version: Version & { flow: Flow }) {
      const text = JSON.stringify(version.flow);
      const { hash, note, createdAt, createdBy } = version;
      add.run(workspace, id, version.version, text, hash, note, createdAt, createdBy);
    },
  };
}

function readDraft(row: Row): StoredDraft {
  return {
    id: textOf(row, 'id'),
    flow: readFlowText(row, 'draft'),
    hash: textOf(row, 'hash'),
    revision: numberOf(row, 'revision'),
    updatedAt: numberOf(row, 'updated_at'),
    updatedBy: textOf(row, 'updated_by'),
  };
}

function readVersion(row: Row): Version {
  return {
    version: numberOf(row, 'version'),
    createdAt: numberOf(row, 'created_at'),
    createdBy: textOf(row, 'created_by'),
    note: textOf(row, 'note'),
    hash: textOf(row, 'hash'),
  };
}

function readFlowText(row: Row, column: string): Flow {
  return flowSchema.parse(JSON.parse(textOf(row, column)));
}
