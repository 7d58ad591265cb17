import { SluiceError } from '@sluice/shared/errors.ts';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { Limits } from '@sluice/shared/protocol/running.ts';
import type { LimitStore } from '../storage/limits.ts';
import { changed } from './changed.ts';
import type { Actor, Note } from './actor.ts';

/** What a workspace may take until somebody with the right to it says otherwise. */
export const DEFAULT_LIMITS: Limits = {
  flows: 2_000,
  nodesPerFlow: 2_000,
  storageBytes: 10_000_000_000,
  deadLettersPerFlow: 10_000,
  deadLettersAMinute: 60,
  devices: 10_000,
  messagesASecond: 2_000_000,
};

/** What is there already, for a limit to be held against. */
interface Taken {
  /** Flows that run or are meant to. */
  deployed(): readonly string[];
  /** Bytes of state, timers and waiting messages on disk. */
  storageBytes(): number;
}

/** The limits of one workspace, and the answer to what goes beyond them. */
export interface WorkspaceLimits {
  current(): Limits;
  save(actor: Actor, limits: Limits): Limits;
  onChanged(listener: (limits: Limits) => void): () => void;
  /** Throws `limit-reached` with a sentence when one flow more, or one of this size, is too much. */
  checkNew(flow: Flow): void;
  /** Throws `limit-reached` when the flow is too large, when too many run, or when the storage is used up. */
  checkDeploy(flow: Flow): void;
}

export interface LimitsOptions {
  readonly workspace: string;
  readonly store: LimitStore;
  readonly taken: Taken;
  readonly note: Note;
  /** All of the work is on disk afterwards, or nothing of it. */
  atomically<T>(work: () => T): T;
}

export function createLimits(options: LimitsOptions): WorkspaceLimits {
  const { workspace, store, taken, note } = options;
  const listeners = new Set<(limits: Limits) => void>();
  let limits = store.get(workspace) ?? DEFAULT_LIMITS;
  return {
    current: () => limits,
    save(actor, next) {
      options.atomically(() => {
        store.put(workspace, next);
        note(actor, 'limits.save', workspace, changed(limits, next));
      });
      limits = next;
      for (const listener of listeners) listener(next);
      return next;
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    checkNew(flow) {
      checkSize(flow, limits);
      if (store.flows(workspace) < limits.flows) return;
      throw reached(
        `This workspace may have ${limits.flows} flow${limits.flows === 1 ? '' : 's'}. Delete one that nobody needs`,
      );
    },
    checkDeploy(flow) {
      checkSize(flow, limits);
      const others = taken.deployed().filter((id) => id !== flow.id).length;
      if (others >= limits.flows) {
        const run = others === 1 ? 'Another flow runs' : `${others} other flows run`;
        throw reached(`${run}, and no more than ${limits.flows} may. Stop one`);
      }
      const bytes = taken.storageBytes();
      if (bytes > limits.storageBytes) throw reached(storageSentence(bytes, limits.storageBytes));
    },
  };
}

/** What is wrong and what frees space, without the end that all of these sentences share. */
export function storageSentence(bytes: number, limit: number): string {
  return `State, timers and waiting messages take ${sizeOf(bytes)} on disk and may take ${sizeOf(limit)}, so no flow is deployed until it is less. Drop failed messages or what waits for targets that are away`;
}

/** The end that all sentences about a limit share. */
export function withWayOut(sentence: string): string {
  return `${sentence}, or raise the limit under Settings.`;
}

function checkSize(flow: Flow, limits: Limits): void {
  const count = flow.nodes.length;
  if (count <= limits.nodesPerFlow) return;
  throw reached(
    `The flow “${flow.name}” has ${count} nodes and may have ${limits.nodesPerFlow}. Split it into several flows`,
  );
}

function reached(sentence: string): SluiceError {
  return new SluiceError('limit-reached', withWayOut(sentence));
}

/** Bytes in the unit that reads well: `1.5 GB`, `20 MB`. */
function sizeOf(bytes: number): string {
  const megabytes = bytes / 1_000_000;
  return megabytes < 1_000 ? `${Math.ceil(megabytes)} MB` : `${Math.round(megabytes / 100) / 10} GB`;
}
