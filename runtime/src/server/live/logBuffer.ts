import type { Log, LogEntry } from '@sluice/shared/protocol/live.ts';

/** What the message panel gets of one flow in one go at most; a person cannot read more. */
export const LOG_CAP = 100;

/** Collects log entries by flow until they are sent. */
export interface LogBuffer {
  add(flow: string, entry: () => LogEntry): void;
  skip(flow: string, count: number): void;
  /** What there is, and forgets it. */
  take(): Log[];
  readonly isEmpty: boolean;
}

export function createLogBuffer(): LogBuffer {
  let logs = new Map<string, { entries: LogEntry[]; skipped: number }>();
  const open = (flow: string) => {
    const found = logs.get(flow) ?? { entries: [], skipped: 0 };
    logs.set(flow, found);
    return found;
  };
  return {
    get isEmpty() {
      return logs.size === 0;
    },
    add(flow, entry) {
      const log = open(flow);
      if (log.entries.length < LOG_CAP) log.entries.push(entry());
      else log.skipped++;
    },
    skip(flow, count) {
      if (count > 0) open(flow).skipped += count;
    },
    take() {
      const taken = logs;
      logs = new Map();
      return [...taken].map(([flow, log]) => ({ flow, ...log }));
    },
  };
}
