import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('loadProcess.ts', import.meta.url));

export interface LoadOptions {
  readonly port: number;
  /** The process that is measured, with all that descend from it. */
  readonly pid: number;
  readonly qos: 0 | 1;
  /** Which readings have to come back: the warm ones, or all. */
  readonly expect: 'half' | 'all';
  readonly devices: number;
  readonly pace: Pace;
  /** Inputs before the measure begins: by count, so that a slow machine does not measure how code is compiled. */
  readonly warmup: number;
  /** How long the measure takes then. */
  readonly seconds: number;
}

/** `closed`: at most so many answers are outstanding, so that no backlog can grow. `open`: inputs a second. */
type Pace =
  | { readonly kind: 'closed'; readonly window: number }
  | { readonly kind: 'open'; readonly rate: number };

/** Of the measured processes, in MB. */
export interface Memory {
  /** What they take together: a page that they share counts once. */
  readonly physical: number;
  /** What they have resident, as top shows it: a page that they share counts in each. */
  readonly resident: number;
}

export interface LoadResult {
  /** Inputs a second that have come through. */
  readonly rate: number;
  /** Microseconds of CPU that the measured processes took for one input. */
  readonly cpuMicros: number;
  /**
   * Milliseconds from when an input was due to when its output was there: the median of the p99s of each second, so that a
   * moment in which the machine did something else is not the figure of a whole run.
   */
  readonly p99: number;
  readonly lost: number;
  readonly doubled: number;
  /** At the end. */
  readonly memory: Memory;
}

/**
 * Runs the load against whatever is between the topics, in a process of its own: what this one keeps and collects is not
 * in the latencies. Rejects when that process ends without a result; it prints why.
 */
export function runLoad(options: LoadOptions): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const child = fork(PROGRAM, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.once('message', (result) => resolve(result as LoadResult));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The load ended without a result (exit ${code}).`)));
    child.send(options);
  });
}
