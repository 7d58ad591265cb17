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
    ...(process.stdin.isTTY ? { readSecret } : {}),
  };
}

/** What is typed until Enter, shown nowhere; `undefined` when the person ends it with Ctrl-C or Ctrl-D. */
function readSecret(question: string): Promise<string | undefined> {
  const { stdin, stderr } = process;
  stderr.write(question);
  stdin.setRawMode(true).setEncoding('utf8').resume();
  return new Promise((resolve) => {
    let typed = '';
    const end = (secret: string | undefined): void => {
      stdin.off('data', read).setRawMode(false).pause();
      stderr.write('\n');
      resolve(secret);
    };
    const read = (text: string): void => {
      for (const character of text) {
        if (character === '\r' || character === '\n') return end(typed);
        if (character === '\u0003' || character === '\u0004') return end(undefined);
        typed = character === '\u007f' ? typed.slice(0, -1) : typed + character;
      }
    };
    stdin.on('data', read);
  });
}

/** Ends the process when everything written is out. What a library still keeps open must not keep the person waiting. */
export function leave(code: ExitCode): void {
  process.exitCode = code;
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}
