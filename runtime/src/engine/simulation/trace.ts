import { createHash } from 'node:crypto';

/** What happened in a run, one line for each thing, with the time since its beginning. */
export interface Trace {
  say(line: string): void;
  /** The last lines. */
  tail(most: number): readonly string[];
  /** Two runs with one hash did the same things at the same times in the same order. */
  hash(): string;
}

/** `elapsed`: ms since the beginning of the run. */
export function createTrace(elapsed: () => number): Trace {
  const lines: string[] = [];
  return {
    say: (line) => void lines.push(`${elapsed()} ${line}`),
    tail: (most) => lines.slice(-most),
    hash: () => createHash('sha256').update(lines.join('\n')).digest('hex'),
  };
}
