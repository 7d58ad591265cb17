import type { Retention } from '@sluice/shared/protocol/audit.ts';
import { SluiceError } from '@sluice/shared/errors.ts';
import type { RunnerTime } from '../runner/time.ts';
import { every } from '../runner/time.ts';
import type { AuditLog } from '../storage/audit.ts';
import type { RetentionStore } from '../storage/retention.ts';
import { changed } from './changed.ts';
import type { Actor, Note } from './actor.ts';
import { SLUICE_ITSELF } from './actor.ts';
import type { DeadLetters } from './deadLetters.ts';
import type { Log } from './http/problem.ts';
import type { Traces } from './traces.ts';

const DAY_MS = 86_400_000;
/** Not in the way of a start. */
const FIRST_MS = 60_000;
const DEFAULT_RETENTION: Retention = { auditDays: 365, deadLetterDays: 90, traceDays: 7 };

/** How long a workspace keeps things. What is older goes once a day, and when the days are set anew. */
export interface WorkspaceRetention {
  current(): Retention;
  save(actor: Actor, retention: Retention): Promise<Retention>;
  /** Nothing is deleted any more; may be called twice. */
  stop(): void;
}

export interface RetentionOptions {
  readonly workspace: string;
  readonly store: RetentionStore;
  readonly audit: AuditLog;
  readonly deadLetters: Pick<DeadLetters, 'dropAll'>;
  readonly traces: Pick<Traces, 'forget'>;
  readonly time: RunnerTime;
  readonly note: Note;
  readonly log: Log;
  /** All of the work is on disk afterwards, or nothing of it. */
  atomically<T>(work: () => T): T;
}

export function createRetention(options: RetentionOptions): WorkspaceRetention {
  const { workspace, store, note } = options;
  const current = (): Retention => store.get(workspace) ?? DEFAULT_RETENTION;
  const tidyNow = (): void => void tidyOrLog(options, current());
  // The workspace may have been closed for long.
  const stopFirst = options.time.after(FIRST_MS, tidyNow);
  const stopDaily = every(options.time, DAY_MS, tidyNow);
  return {
    current,
    async save(actor, retention) {
      options.atomically(() => {
        note(actor, 'retention.save', workspace, changed(current(), retention));
        store.put(workspace, retention);
      });
      await tidyOrLog(options, retention);
      return retention;
    },
    stop() {
      stopFirst();
      stopDaily();
    },
  };
}

/** What could not be deleted today is deleted tomorrow. */
async function tidyOrLog(options: RetentionOptions, retention: Retention): Promise<void> {
  try {
    await tidy(options, retention);
  } catch (error) {
    const reason = error instanceof SluiceError ? error.message : String(error);
    options.log('error', `What is older than its days to be kept could not be deleted: ${reason}`);
  }
}

async function tidy(options: RetentionOptions, retention: Retention): Promise<void> {
  const { workspace, audit, traces, deadLetters, note } = options;
  const now = options.time.now();
  traces.forget(now - retention.traceDays * DAY_MS);
  options.atomically(() => {
    const until = now - retention.auditDays * DAY_MS;
    const removed = audit.trim(workspace, until);
    if (removed > 0) note(SLUICE_ITSELF, 'audit.trim', workspace, { removed, until });
  });
  // Letters of this very moment are left, as the bound is included.
  await deadLetters.dropAll(SLUICE_ITSELF, { until: now - retention.deadLetterDays * DAY_MS - 1 });
}
