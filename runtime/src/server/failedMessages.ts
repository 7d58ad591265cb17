import type { RunnerHost } from '../runner/runnerHost.ts';
import type { RunnerTime } from '../runner/time.ts';
import { notOpened } from '../storage/database.ts';
import type { DeadLetters as LetterStore } from '../storage/stateStoreDeadLetters.ts';
import { openDeadLetters } from '../storage/stateStoreDeadLetters.ts';
import type { Note } from './actor.ts';
import type { Alarms } from './alarms.ts';
import type { DeadLetters } from './deadLetters.ts';
import { createDeadLetters } from './deadLetters.ts';
import { alarmFailures } from './failureAlarms.ts';
import type { Deployments } from './flows/deployments.ts';
import type { Log } from './http/problem.ts';
import type { WorkspaceLimits } from './limits.ts';
import type { Names } from './names.ts';

/** All that there is about messages on which nodes failed (EN7). */
export interface FailedMessages {
  readonly deadLetters: DeadLetters;
  /** No alarm is raised or cleared any more. */
  stopAlarms(): void;
  /** Closes the file; may be called twice. */
  close(): void;
}

export interface FailedMessagesOptions {
  /** The state file of the runner. */
  readonly file: string;
  readonly host: RunnerHost;
  readonly alarms: Alarms;
  readonly deployments: Deployments;
  readonly limits: WorkspaceLimits;
  readonly names: Names;
  readonly time: RunnerTime;
  readonly log: Log;
  readonly note: Note;
  readonly noteOfDone: Note;
}

export function openFailedMessages(options: FailedMessagesOptions): FailedMessages {
  const { file, host, alarms, deployments, limits, names, time, log, note, noteOfDone } = options;
  const store = openStore(file, log);
  const deadLetters = createDeadLetters({
    store,
    host,
    time,
    note,
    noteOfDone,
    isRunning: (flow) => deployments.get(flow)?.state === 'running',
    nameOf: names.ofFlow,
  });
  const stopAlarms = alarmFailures({
    host,
    alarms,
    letters: store,
    time,
    log,
    limit: () => limits.current().deadLettersAMinute,
    nameOfFlow: names.ofFlow,
    nameOfNode: names.ofNode,
  });
  return { deadLetters, stopAlarms, close: () => store.close() };
}

function openStore(file: string, log: Log): LetterStore {
  try {
    return openDeadLetters(file, (sentence) => log('error', sentence));
  } catch (error) {
    throw notOpened(file, error);
  }
}
