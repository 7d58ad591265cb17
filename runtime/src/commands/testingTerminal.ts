import { createTestingWait } from '../runner/testingWait.ts';
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
  const wait = createTestingWait();
  const add = (lines: string[], line: string): void => {
    lines.push(line);
    wait.lookAgain();
  };
  return {
    out: (line) => add(printed, line),
    say: (line) => add(said, line),
    asked: asked.signal,
    time: systemTime,
    printed,
    said,
    ask: () => asked.abort(),
    async until(text) {
      const found = (): string | undefined => [...printed, ...said].find((line) => line.includes(text));
      await wait.until(() => found() !== undefined);
      return found() ?? '';
    },
  };
}
