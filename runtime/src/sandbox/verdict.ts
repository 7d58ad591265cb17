import type { FailedBody } from './bodies.ts';
import { failed } from './call.ts';
import type { RunTask, Task } from './lane.ts';
import { splitTask } from './lane.ts';
import type { Outcome, SourceProblem } from './sandbox.ts';
import { sentences } from './sentences.ts';

const MOST_KILLS = 2;

/** Gives every message of a task the same outcome; an open task learns the sentence as its problem. */
export function settle(task: Task, outcome: Outcome & { ok: false }): void {
  if (task.kind === 'run')
    task.call.fill(
      task.from,
      task.messages.map(() => outcome),
    );
  else task.done({ sentence: outcome.sentence });
}

/**
 * What to run again of a task that was running when the process ended: its messages one at a time, each alone. One that
 * ended the process twice is settled as poison and not run again.
 */
export function retry(task: Task, isCulprit: boolean): Task[] {
  const kills = task.kills + (isCulprit ? 1 : 0);
  if (task.kind === 'open') {
    if (kills < MOST_KILLS) return [{ ...task, kills, isAlone: true }];
    task.program.problem = { sentence: sentences.poisonSource };
    task.done(task.program.problem);
    return [];
  }
  if (kills < MOST_KILLS || task.messages.length > 1) return splitTask(task, { kills, isAlone: true });
  settle(task, failed('poison', sentences.poison));
  return [];
}

/** The outcome of a message whose call failed as a whole. */
export function outcomeOf({ program }: RunTask, body: FailedBody): Outcome & { ok: false } {
  switch (body.reason) {
    case 'timeout':
      return failed('timeout', sentences.timeout(program));
    case 'memory':
      return failed('memory', sentences.memory(program));
    case 'gone':
    case 'error':
      return failed('error', sentences.cannotRun(body.sentence));
  }
}

/** The outcome of every message of a program whose source has a problem. */
export function problemOutcome(problem: SourceProblem): Outcome & { ok: false } {
  const { sentence, line, column } = problem;
  const place = line === undefined || column === undefined ? {} : { line, column };
  return { ...failed('error', line === undefined ? sentence : `Line ${line}: ${sentence}`), ...place };
}
