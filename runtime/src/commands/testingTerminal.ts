import { systemTime } from '../runner/time.ts';
import type { Terminal } from './command.ts';

/** A terminal that a test reads, with a person in front who may have enough. */
export interface TestingTerminal extends Terminal {
  readonly printed: readonly string[];
  readonly said: readonly string[];
  /** Ctrl-C. */
  ask(): void;
  /** Resolves when a line was printed or said that has this in it. */
  until(text: string): Promise<string>;
}

export function testingTerminal(): TestingTerminal {
  const printed: string[] = [];
  const said: string[] = [];
  const asked = new AbortController();
  const waiting = new Set<() => void>();
  const add = (lines: string[], line: string): void => {
    lines.push(line);
    for (const look of waiting) look();
  };
  return {
    out: (line) => add(printed, line),
    say: (line) => add(said, line),
    asked: asked.signal,
    time: systemTime,
    printed,
    said,
    ask: () => asked.abort(),
    until: (text) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = [...printed, ...said].find((line) => line.includes(text));
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}
