import type { Database } from './database.ts';

/** Who did what, when, from where. */
interface AuditEntry {
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

/** Append-only: the database itself refuses to change or delete an entry. */
export interface AuditLog {
  append(entry: AuditEntry): void;
  /** The newest first. */
  list(workspace: string, limit: number): AuditEntry[];
}

export function createAuditLog(database: Database): AuditLog {
  const append = database.prepare(
    'INSERT INTO audit (workspace, at, who, address, what, subject, details) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const list = database.prepare('SELECT * FROM audit WHERE workspace = ? ORDER BY id DESC LIMIT ?');
  return {
    append({ workspace, at, who, address, what, subject, details }) {
      append.run(workspace, at, who, address, what, subject, JSON.stringify(details));
    },
    list: (workspace, limit) =>
      list.all(workspace, limit).map((row) => ({
        workspace,
        at: Number(row.at),
        who: String(row.who),
        address: String(row.address),
        what: String(row.what),
        subject: String(row.subject),
        details: JSON.parse(String(row.details)) as AuditEntry['details'],
      })),
  };
}
