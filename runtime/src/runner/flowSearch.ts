import type { Culprit, Suspicion, SuspicionEvent } from './suspects.ts';
import { allowedBy, CALM, suspect } from './suspects.ts';
import type { RunnerTime } from './time.ts';

interface Identified {
  readonly id: string;
}

export interface FlowSearchOptions<Flow extends Identified> {
  readonly time: RunnerTime;
  /** What is to run, those that wait for their trial included. */
  flows(): readonly Flow[];
  /** Resolves when the runner has answered for all of them, with those that run now. */
  run(flows: readonly Flow[]): Promise<readonly Flow[]>;
  /** The flow is not run for now: it waits for its trial. */
  wait(flow: Flow): void;
  /** A flow that waited runs again. */
  goOn(flow: Flow): void;
  /** The flow is found out. */
  hold(flow: string): void;
}

/**
 * Brings the flows of a runner that came back up again: all at once as a rule, and one half of those under suspicion
 * after the other when it ended again and again (`suspects.ts`). Performs what `suspect` decides.
 */
export class FlowSearch<Flow extends Identified> {
  readonly #options: FlowSearchOptions<Flow>;
  #suspicion: Suspicion = CALM;
  #stopTrial: () => void = () => undefined;
  /** Counts the processes, so that what belongs to one that has ended is left alone. */
  #process = 0;
  readonly #running = new Set<string>();
  readonly #waiting = new Set<string>();

  constructor(options: FlowSearchOptions<Flow>) {
    this.#options = options;
  }

  /** A new process is ready. */
  ready(): void {
    this.#process += 1;
    void this.#bringUp(this.#process);
  }

  /** The process is gone. `ofItself`: nobody asked it to; else no flow is to blame. */
  ended(ofItself: { readonly livedMs: number } | undefined): void {
    this.#stopTrial();
    this.#process += 1;
    const flows = this.#allowed().flatMap(({ id }) => (this.#running.has(id) ? [id] : []));
    this.#running.clear();
    // A process that ended before any flow was run in it is not a flow's fault either.
    if (ofItself === undefined || flows.length === 0) return;
    const culprit = this.#apply({ kind: 'ended', at: this.#options.time.now(), flows, ...ofItself });
    if (culprit !== undefined) this.#options.hold(culprit);
  }

  /** A person deploys or starts a flow. */
  deployed(flow: string): void {
    this.#running.add(flow);
    this.#waiting.delete(flow);
    this.#apply({ kind: 'deployed', flow });
  }

  stopped(flow: string): void {
    this.#running.delete(flow);
    this.#waiting.delete(flow);
    this.#apply({ kind: 'stopped', flow });
  }

  /** Nothing more is brought up; may be called twice. */
  stop(): void {
    this.#stopTrial();
    this.#process += 1;
  }

  #apply(event: SuspicionEvent): Culprit {
    const [next, culprit] = suspect(this.#suspicion, event);
    this.#suspicion = next;
    return culprit;
  }

  #allowed(): readonly Flow[] {
    return allowedBy(this.#suspicion, this.#options.flows());
  }

  #letWait(allowed: readonly Flow[]): void {
    for (const flow of this.#options.flows()) {
      if (allowed.includes(flow) || this.#waiting.has(flow.id)) continue;
      this.#waiting.add(flow.id);
      this.#options.wait(flow);
    }
  }

  async #bringUp(process: number): Promise<void> {
    const allowed = this.#allowed();
    const fresh = allowed.filter(({ id }) => !this.#running.has(id));
    for (const { id } of fresh) this.#running.add(id);
    this.#letWait(allowed);
    const running = fresh.length === 0 ? [] : await this.#options.run(fresh);
    if (process !== this.#process) return;
    for (const { id } of fresh) if (!running.some((flow) => flow.id === id)) this.#waiting.delete(id);
    for (const flow of running) if (this.#waiting.delete(flow.id)) this.#options.goOn(flow);
    if (this.#suspicion.kind === 'calm') return;
    this.#stopTrial = this.#options.time.after(this.#suspicion.trialMs, () => {
      this.#apply({ kind: 'survived' });
      void this.#bringUp(process);
    });
  }
}
