import { systemTime } from '../runner/time.ts';
import type { ExitCode, Terminal } from './command.ts';

/** Exit code of a process that SIGINT ended, as shells count it. */
const ENDED_BY_SIGINT = 130;

/** The terminal of this process. The first Ctrl-C or SIGTERM asks the command to end, the second ends it at once. */
export function openTerminal(): Terminal {
  const asked = new AbortController();
  const ask = (): void => {
    if (asked.signal.aborted) process.exit(ENDED_BY_SIGINT);
    asked.abort();
  };
  process.on('SIGINT', ask);
  process.on('SIGTERM', ask);
  // A reader that went away (`sluice run … | head -1`) is a way to ask for the end, too.
  process.stdout.on('error', () => asked.abort());
  return {
    out: (line) => void process.stdout.write(`${line}\n`),
    say: (line) => void process.stderr.write(`${line}\n`),
    asked: asked.signal,
    time: systemTime,
  };
}

/** Ends the process when everything written is out. What a library still keeps open must not keep the person waiting. */
export function leave(code: ExitCode): void {
  process.exitCode = code;
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}
