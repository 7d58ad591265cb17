import { SluiceError } from '@sluice/shared/errors.ts';
import type { FlowNodes } from './flowNodes.ts';
import type { FlowSources } from './flowSources.ts';
import type { FlowWork } from './flowWork.ts';
import { sentenceOf } from './pass.ts';
import type { Plan } from './plan.ts';
import { within } from './scheduling.ts';
import type { SegmentEnd } from './segment.ts';
import type { Scheduler } from './shell.ts';
import type { FlowSigns } from './signs.ts';
import { comparePlans } from './swap.ts';

/** How long what a source brought in may take before another one takes its place (EN12). */
const SETTLE_MS = 200;

export interface FlowSwapParts {
  readonly scheduler: Scheduler;
  readonly nodes: FlowNodes;
  readonly sources: FlowSources;
  readonly work: FlowWork;
  readonly signs: FlowSigns;
  /** Another version runs: what waits in it may go on. */
  wakeAll(): void;
  /** What begins anew does so after a crash too; while the disk is full, as soon as it can be written. */
  commit(): void;
}

/** Puts one version of a running flow in the place of another (EN12). */
export class FlowSwap {
  readonly #parts: FlowSwapParts;
  /** Nodes that begin no calls: the next version has them without a queue. */
  #paused: ReadonlySet<SegmentEnd> = new Set();

  constructor(parts: FlowSwapParts) {
    this.#parts = parts;
  }

  isPaused(end: SegmentEnd): boolean {
    return this.#paused.has(end);
  }

  /** Starts the sources of a version that do not run already. */
  async startSources({ nodes }: Plan): Promise<void> {
    for (const { id } of nodes) {
      const made = this.#parts.nodes.made(id);
      if (made?.kind !== 'source' || this.#parts.sources.find(id) !== undefined) continue;
      await this.#parts.sources.start(id, made.source);
    }
  }

  /** Rejects with a sentence when the next version does not start, and then the one before runs on. */
  async swap(plan: Plan, reset: readonly string[]): Promise<void> {
    const before = this.#parts.nodes.plan;
    const change = comparePlans(before, plan, reset);
    const isSame = (node: string) => change.fates.get(node) === 'same';
    await this.#stopSources(before, isSame);
    await this.#settleLeaving(plan);
    let undo: () => void;
    try {
      undo = this.#parts.nodes.goOn(plan, change);
      this.#parts.wakeAll();
    } catch (error) {
      this.#parts.sources.release();
      this.#parts.wakeAll();
      await this.startSources(before);
      throw error;
    }
    this.#parts.sources.release();
    try {
      await this.startSources(plan);
    } catch (cause) {
      await this.#stopSources(plan, isSame);
      undo();
      this.#parts.wakeAll();
      await this.startSources(before);
      throw cannotBeStarted(cause);
    }
    this.#parts.commit();
  }

  /** Takes away the sources that do not run on, and gives what they brought in a moment to get through. */
  async #stopSources(plan: Plan, runsOn: (node: string) => boolean): Promise<void> {
    const leaving = plan.nodes
      .map(({ id }) => id)
      .filter((id) => this.#parts.sources.find(id) && !runsOn(id));
    if (leaving.length === 0) return;
    await this.#parts.sources.stop(leaving);
    await within(this.#parts.scheduler, SETTLE_MS, this.#parts.work.ledger.settled());
  }

  /**
   * Lets nodes finish at which nothing will wait any more: what comes meanwhile must not pass it by (EN4). For one that is
   * there in the next version too that means all its calls, which may take their time.
   */
  async #settleLeaving(next: Plan): Promise<void> {
    const { gone, staying } = this.#parts.nodes.queuesLost(next);
    if (![...gone, ...staying].some(({ waiting }) => waiting > 0)) return;
    this.#parts.sources.hold();
    await within(this.#parts.scheduler, SETTLE_MS, this.#parts.work.ledger.settled());
    this.#paused = new Set(staying);
    await Promise.all(staying.map((end) => this.#callsOver(end)));
    this.#paused = new Set();
  }

  /** Resolves when the calls of a node that are under way are over; it begins no others meanwhile. */
  async #callsOver(end: SegmentEnd): Promise<void> {
    let isOver = false;
    const over = new Promise<void>((resolve) => {
      end.become(end.node, undefined, () => {
        isOver = true;
        resolve();
      });
    });
    if (!isOver) this.#parts.signs.deployWaits(this.#parts.nodes.idAt(end.node), end.policy.timeoutMs);
    await over;
  }
}

/** A flow that was to begin and did not. */
export function cannotBeStarted(cause: unknown): SluiceError {
  return new SluiceError('invalid-flow', `The flow cannot be started: ${sentenceOf(cause)}`, { cause });
}
