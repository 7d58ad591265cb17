import type { LogEntry } from '@sluice/shared/protocol/live.ts';

export interface LogFilter {
  /** Node id, or `undefined` for all. */
  readonly node: string | undefined;
  readonly kind: LogEntry['kind'] | undefined;
  readonly text: string;
}

/** The entries that fit, newest first. The text is looked for in what the entry says and in its message. */
export function filterLog(
  entries: readonly LogEntry[],
  { node, kind, text }: LogFilter,
): readonly LogEntry[] {
  const wanted = text.trim().toLowerCase();
  return entries
    .filter(
      (entry) =>
        (node === undefined || entry.node === node) &&
        (kind === undefined || entry.kind === kind) &&
        (wanted === '' || searchable(entry).includes(wanted)),
    )
    .toReversed();
}

function searchable({ text, message }: LogEntry): string {
  if (message === undefined) return text.toLowerCase();
  const { topic, device = '', payload } = message;
  return `${text} ${topic} ${device} ${JSON.stringify(payload)}`.toLowerCase();
}
