import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { KEPT_FLAGS } from './compileCache.ts';
import type { HostMessage, RunnerMessage } from './protocol.ts';

/** A runner process, as its host sees it. */
export interface RunnerProcess {
  readonly pid: number | undefined;
  send(message: HostMessage): void;
  /** Ends it at once (SIGKILL). */
  kill(): void;
}

export interface RunnerProcessEvents {
  message(message: RunnerMessage): void;
  /** Called once; the sentence says how it ended, with what it said last, `signal` what ended it if it was a signal. */
  ended(sentence: string, signal?: string): void;
  /** Takes the secrets that were given to the process out of what it said. */
  mask(words: string): string;
}

export type LaunchRunner = (events: RunnerProcessEvents) => RunnerProcess;

const LAST_WORDS = 2_000;
/** What is kept of them until secrets are taken out: one that stands where it is cut is cut off with what comes before. */
export const KEPT_WORDS = 4_000;

/**
 * A smaller young generation, and an allocator that does not keep a heap for each thread: under load a runner takes about
 * 40 MB less and no more time (`npm run bench -- mqtt`).
 */
const FLAGS = [...KEPT_FLAGS, '--max-semi-space-size=16'];
const ALLOCATOR = { MALLOC_ARENA_MAX: '2' };

/**
 * Starts runners as child processes with nothing of the host's environment but what is given, and how memory is kept. What a runner writes to
 * its standard error (Node's own words when it dies) becomes part of the sentence of its end, without secrets.
 */
export function launcher(environment: Readonly<Record<string, string>>): LaunchRunner {
  return (events) => {
    const child = fork(fileURLToPath(new URL('main.ts', import.meta.url)), [], {
      serialization: 'advanced',
      env: { ...ALLOCATOR, ...environment },
      execArgv: FLAGS,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let lastWords = '';
    let hasEnded = false;
    const end = (sentence: string, signal?: string): void => {
      if (hasEnded) return;
      hasEnded = true;
      events.ended(sentence, signal);
    };
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      lastWords = (lastWords + text).slice(-KEPT_WORDS);
    });
    child.on('message', (message) => events.message(message as RunnerMessage));
    child.on('error', (error) => end(`The runner process does not start: ${error.message}`));
    // `close` comes after its standard error was read to the end, `exit` may come before.
    child.on('close', (code, signal) =>
      end(sentenceOf(code, signal, events.mask(lastWords)), signal ?? undefined),
    );
    return {
      pid: child.pid,
      send: (message) => {
        if (child.connected) child.send(message, ignoreGone);
      },
      kill: () => {
        child.kill('SIGKILL');
      },
    };
  };
}

/** A message to a process that has just ended is lost; `ended` comes and answers everything that was under way. */
function ignoreGone(): void {}

function sentenceOf(code: number | null, signal: string | null, lastWords: string): string {
  const how = signal === null ? `with code ${code ?? 'unknown'}` : `by ${signal}`;
  const words = lastWords.trim().slice(-LAST_WORDS);
  return `The runner process ended ${how}${words === '' ? '.' : `. Its last words: ${words}`}`;
}
