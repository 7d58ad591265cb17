import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { KEPT_FLAGS } from '../compileCache.ts';
import type { DryAnswer, DryTask } from './messages.ts';

/** A process for dry runs, as the server sees it. */
export interface DryProcess {
  send(task: DryTask): void;
  /** Ends it at once (SIGKILL), its sandbox with it. */
  kill(): void;
}

export interface DryProcessEvents {
  answer(answer: DryAnswer): void;
  /** Called once, also after `kill`. */
  ended(hasRunOutOfMemory: boolean): void;
}

export type LaunchDryRun = (events: DryProcessEvents) => DryProcess;

/** What a dry run may take, MB of heap. */
const MEMORY_MB = 768;
const LAST_WORDS = 4_000;

/** Starts processes for dry runs with nothing of the server's environment but what is given. */
export function dryRunLauncher(environment: Readonly<Record<string, string>>): LaunchDryRun {
  return (events) => {
    const child = fork(fileURLToPath(new URL('main.ts', import.meta.url)), [], {
      serialization: 'advanced',
      env: { ...environment },
      execArgv: [...KEPT_FLAGS, `--max-old-space-size=${MEMORY_MB}`],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let lastWords = '';
    let hasEnded = false;
    const end = (): void => {
      if (hasEnded) return;
      hasEnded = true;
      events.ended(/heap out of memory|heap limit/i.test(lastWords));
    };
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      lastWords = (lastWords + text).slice(-LAST_WORDS);
    });
    child.on('message', (message) => events.answer(message as DryAnswer));
    child.on('error', end);
    // `close` comes after its standard error was read to the end, `exit` may come before.
    child.on('close', end);
    return {
      send: (task) => {
        if (child.connected) child.send(task, () => undefined);
      },
      kill: () => void child.kill('SIGKILL'),
    };
  };
}
