import type { AuditFilter, AuditLog, ChainedEntry } from '../storage/audit.ts';
import type { RunnerTime } from '../runner/time.ts';
import { nextTurn } from './deadLetterReplay.ts';
import type { FileAnswer } from './http/fileAnswer.ts';

const PAGE = 500;
const COLUMNS = ['id', 'at', 'who', 'address', 'what', 'subject', 'details', 'hash'] as const;

interface AuditFileOptions {
  readonly audit: AuditLog;
  readonly workspace: string;
  readonly filter: AuditFilter;
  readonly format: 'csv' | 'ndjson';
  readonly time: RunnerTime;
}

/** The entries of a workspace as a file, oldest first, read page by page while it is sent. */
export function auditFile(options: AuditFileOptions): FileAnswer {
  const { workspace, format, time } = options;
  const day = new Date(time.now()).toISOString().slice(0, 10);
  return {
    name: `audit-${workspace}-${day}.${format}`,
    type: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8',
    parts: linesOf(options),
  };
}

async function* linesOf({
  audit,
  workspace,
  filter,
  format,
  time,
}: AuditFileOptions): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine(COLUMNS);
  let last = 0;
  for (;;) {
    const page = audit.after(workspace, filter, last, PAGE);
    yield page.map(format === 'csv' ? csvOf : jsonOf).join('');
    last = page.at(-1)?.id ?? last;
    if (page.length < PAGE) return;
    await nextTurn(time);
  }
}

function jsonOf(entry: ChainedEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

function csvOf(entry: ChainedEntry): string {
  const at = new Date(entry.at).toISOString();
  return csvLine([
    String(entry.id),
    at,
    entry.who,
    entry.address,
    entry.what,
    entry.subject,
    JSON.stringify(entry.details),
    entry.hash,
  ]);
}

/** One record of CSV (RFC 4180). */
function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/**
 * One cell. A spreadsheet takes what begins with one of these for a formula, which may fetch or send things; with an
 * apostrophe before it, it is a text (https://owasp.org/www-community/attacks/CSV_Injection).
 */
export function csvCell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
