import { createHash } from 'node:crypto';
import { canonicalJson } from '@sluice/shared/deploy/canonical.ts';
import type { AuditEntry as ShownEntry } from '@sluice/shared/protocol/audit.ts';
import { auditEntrySchema } from '@sluice/shared/protocol/audit.ts';
import type { Database, Row } from './database.ts';
import { numberOf, textOf } from './database.ts';

/** Who did what, when, from where. */
export interface AuditEntry {
  readonly workspace: string;
  readonly at: number;
  /** The e-mail of the account, or `sluice` for the server itself. */
  readonly who: string;
  readonly address: string;
  /** As `flow.deploy`. */
  readonly what: string;
  /** The id of what it was done to. */
  readonly subject: string;
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

/** An entry in its place in the chain. `hash` is empty for those from before there was one. */
export type ChainedEntry = AuditEntry & Pick<ShownEntry, 'id' | 'hash'>;

/** Which entries; all that is given has to fit. `from` and `until` are ms since the epoch, both included. */
export interface AuditFilter {
  readonly who?: string | undefined;
  readonly what?: string | undefined;
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

export interface AuditCheck {
  readonly isWhole: boolean;
  /** How many were looked at. */
  readonly entries: number;
  /** The id of the first entry that does not fit. */
  readonly brokenAt?: number;
}

/**
 * Append-only: the database itself refuses to change an entry, and to delete one that the chain still holds. The entries
 * of a workspace are a chain: the hash of each is over the hash before it.
 */
export interface AuditLog {
  append(entry: AuditEntry): void;
  /** The newest first. */
  list(workspace: string, limit: number): ChainedEntry[];
  /** The newest first; with `before`, those older than the entry of this id. */
  page(workspace: string, filter: AuditFilter, before: number | undefined, limit: number): ChainedEntry[];
  /** The oldest first, after the entry of this id. */
  after(workspace: string, filter: AuditFilter, after: number, limit: number): ChainedEntry[];
  /**
   * Looks at at most `limit` entries after the given one, and goes on with what it gives back as `next`: an entry that
   * was changed, removed or inserted breaks the chain.
   */
  check(workspace: string, from: ChainLink | undefined, limit: number): AuditCheck & { next?: ChainLink };
  /** Deletes entries older than this; the chain starts after them from now on. Gives how many there were. */
  trim(workspace: string, before: number): number;
}

/** Up to here the chain was looked at. */
export interface ChainLink {
  readonly id: number;
  readonly hash: string;
}

interface Chain {
  readonly start: ChainLink;
  readonly end: ChainLink;
}

const NOTHING: ChainLink = { id: 0, hash: '' };

export function createAuditLog(database: Database): AuditLog {
  const chains = chainsOf(database);
  const insert = database.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  // AUTOINCREMENT: an id that was used is never used again, whatever was deleted.
  const lastId = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'audit'");
  const following = database.prepare(
    'SELECT * FROM audit WHERE workspace = ? AND id > ? ORDER BY id LIMIT ?',
  );
  const lastBefore = database.prepare(
    'SELECT * FROM audit WHERE workspace = ? AND at < ? AND id <= ? ORDER BY id DESC LIMIT 1',
  );
  const remove = database.prepare('DELETE FROM audit WHERE workspace = ? AND id <= ?');
  return {
    append(entry) {
      database.transaction(() => {
        const { workspace, at, who, address, what, subject, details } = entry;
        const chain = chains.get(workspace);
        const id = Number(lastId.get()?.seq ?? 0) + 1;
        const hash = hashOf(chain.end.hash, id, entry);
        insert.run(id, workspace, at, who, address, what, subject, JSON.stringify(details), hash);
        chains.put(workspace, { ...chain, end: { id, hash } });
      });
    },
    ...reading(database),
    check(workspace, from, limit) {
      const { start, end } = chains.get(workspace);
      return checkRows(following.all(workspace, (from ?? start).id, limit), from ?? start, end, limit);
    },
    trim(workspace, before) {
      return database.transaction(() => {
        const chain = chains.get(workspace);
        const last = lastBefore.get(workspace, before, chain.end.id);
        if (last === undefined) return 0;
        const start = { id: numberOf(last, 'id'), hash: textOf(last, 'hash') };
        if (start.id > chain.start.id) chains.put(workspace, { ...chain, start });
        return remove.run(workspace, start.id);
      });
    },
  };
}

function chainsOf(database: Database) {
  const get = database.prepare('SELECT * FROM audit_chains WHERE workspace = ?');
  const put = database.prepare('INSERT OR REPLACE INTO audit_chains VALUES (?, ?, ?, ?, ?)');
  return {
    get(workspace: string): Chain {
      const row = get.get(workspace);
      if (row === undefined) return { start: NOTHING, end: NOTHING };
      return {
        start: { id: numberOf(row, 'start_id'), hash: textOf(row, 'start_hash') },
        end: { id: numberOf(row, 'end_id'), hash: textOf(row, 'end_hash') },
      };
    },
    put: (workspace: string, { start, end }: Chain) =>
      void put.run(workspace, start.id, start.hash, end.id, end.hash),
  };
}

function reading(database: Database): Pick<AuditLog, 'list' | 'page' | 'after'> {
  const select = (order: 'ASC' | 'DESC', bound: string) =>
    database.prepare(
      `SELECT * FROM audit WHERE workspace = ? AND id ${bound} ?
       AND (?3 IS NULL OR who = ?3) AND (?4 IS NULL OR what = ?4)
       AND (?5 IS NULL OR at >= ?5) AND (?6 IS NULL OR at <= ?6) ORDER BY id ${order} LIMIT ?7`,
    );
  const [newest, oldest] = [select('DESC', '<'), select('ASC', '>')];
  const values = ({ who, what, from, until }: AuditFilter) =>
    [who ?? null, what ?? null, from ?? null, until ?? null] as const;
  const page: AuditLog['page'] = (workspace, filter, before, limit) =>
    newest.all(workspace, before ?? Number.MAX_SAFE_INTEGER, ...values(filter), limit).map(entryOf);
  return {
    list: (workspace, limit) => page(workspace, {}, undefined, limit),
    page,
    after: (workspace, filter, after, limit) =>
      oldest.all(workspace, after, ...values(filter), limit).map(entryOf),
  };
}

function checkRows(
  rows: readonly Row[],
  from: ChainLink,
  end: ChainLink,
  limit: number,
): AuditCheck & { next?: ChainLink } {
  let last = from;
  for (const [index, row] of rows.entries()) {
    const id = numberOf(row, 'id');
    const hash = readHash(last.hash, row);
    if (hash === undefined) return { isWhole: false, entries: index, brokenAt: id };
    last = { id, hash };
  }
  if (rows.length === limit) return { isWhole: true, entries: rows.length, next: last };
  // Entries at the end may be missing, too: the chain is known to go on to its end.
  const isEnd = last.id === end.id && last.hash === end.hash;
  return isEnd
    ? { isWhole: true, entries: rows.length }
    : { isWhole: false, entries: rows.length, brokenAt: Math.max(last.id, end.id) };
}

/** The hash of a row where it fits to the one before, else `undefined`: whoever changed it may have left no entry at all. */
function readHash(before: string, row: Row): string | undefined {
  try {
    const entry = entryOf(row);
    return hashOf(before, entry.id, entry) === entry.hash ? entry.hash : undefined;
  } catch {
    return undefined;
  }
}

/** SHA-256, hex, over the hash before and the canonical JSON of the entry with its id. */
export function hashOf(before: string, id: number, entry: AuditEntry): string {
  const { workspace, at, who, address, what, subject, details } = entry;
  const content = canonicalJson({ id, workspace, at, who, address, what, subject, details });
  return createHash('sha256').update(before).update(content).digest('hex');
}

function entryOf(row: Row): ChainedEntry {
  return {
    workspace: textOf(row, 'workspace'),
    ...auditEntrySchema.parse({ ...row, details: JSON.parse(textOf(row, 'details')) }),
  };
}
