import type { FlowUse } from './flowUse.ts';
import type { Frame } from './frames.ts';
import type { GuestProcess } from './guestProcess.ts';
import { startGuest } from './guestProcess.ts';

export interface PoolEvents {
  /** A process is ready to take frames. */
  onReady(): void;
  onFrame(frame: Frame): void;
  /** The process in use ended by itself. */
  onDeath(): void;
  /** Starting failed several times in a row; the next `ensure` tries again. */
  onCannotStart(lastWords: string): void;
}

const MOST_FAILED_STARTS = 3;

/** The process in use, and a warm spare that takes over the moment that it has to be killed. */
export class GuestPool {
  readonly #events: PoolEvents;
  readonly #ending = new Set<Promise<void>>();
  #inUse: GuestProcess | undefined;
  #spare: GuestProcess | undefined;
  #failedStarts = 0;
  #cpuMsOfEnded = 0;
  readonly #flowCpuMsOfEnded = new Map<string, number>();

  constructor(events: PoolEvents) {
    this.#events = events;
  }

  /** The process in use, once it is ready. */
  get current(): GuestProcess | undefined {
    return this.#inUse?.isReady === true ? this.#inUse : undefined;
  }

  get size(): number {
    return (this.#inUse === undefined ? 0 : 1) + (this.#spare === undefined ? 0 : 1);
  }

  residentBytes(): number {
    return (this.#inUse?.residentBytes() ?? 0) + (this.#spare?.residentBytes() ?? 0);
  }

  /** Processor time of all processes that there ever were, ms; those that live are as of the last question. */
  get cpuMs(): number {
    return this.#cpuMsOfEnded + (this.#inUse?.cpuMs() ?? 0) + (this.#spare?.cpuMs() ?? 0);
  }

  /**
   * What the user code of a flow takes, over all processes that there ever were, as of the last question. The spare runs
   * none; what ran since the last question in a process that has ended is not in it.
   */
  useOf(flow: string): FlowUse {
    const now = this.#inUse?.flows()[flow];
    const before = this.#flowCpuMsOfEnded.get(flow) ?? 0;
    return { cpuMs: before + (now?.cpuMs ?? 0), memory: now?.memory ?? 0 };
  }

  /** Asks all processes what they take. */
  askUse(): void {
    this.#inUse?.askUse();
    this.#spare?.askUse();
  }

  /** Sees to it that a process is in use or on its way. */
  ensure(): void {
    if (this.#inUse !== undefined) return;
    this.#inUse = this.#spare ?? this.#start();
    this.#spare = undefined;
    if (this.#inUse.isReady) this.#startSpare();
  }

  /** Kills the process in use; the next `ensure` puts the spare in its place. */
  kill(): void {
    this.#end(this.#inUse);
    this.#inUse = undefined;
  }

  /** Kills all processes; resolves when the system has removed them. */
  async stop(): Promise<void> {
    this.#end(this.#inUse);
    this.#end(this.#spare);
    this.#inUse = undefined;
    this.#spare = undefined;
    await Promise.all(this.#ending);
  }

  #end(guest: GuestProcess | undefined): void {
    if (guest === undefined) return;
    this.#count(guest);
    guest.kill();
    this.#ending.add(guest.ended);
    void guest.ended.then(() => this.#ending.delete(guest.ended));
  }

  /** What it took stays counted when it is no more. */
  #count(guest: GuestProcess): void {
    this.#cpuMsOfEnded += guest.cpuMs();
    for (const [flow, { cpuMs }] of Object.entries(guest.flows()))
      this.#flowCpuMsOfEnded.set(flow, (this.#flowCpuMsOfEnded.get(flow) ?? 0) + cpuMs);
  }

  #start(): GuestProcess {
    let wasReady = false;
    const guest = startGuest({
      onReady: () => {
        wasReady = true;
        this.#failedStarts = 0;
        if (guest !== this.#inUse) return;
        this.#startSpare();
        this.#events.onReady();
      },
      onFrame: (frame) => this.#events.onFrame(frame),
      onExit: (lastWords) => this.#onExit(guest, wasReady, lastWords),
    });
    return guest;
  }

  #startSpare(): void {
    this.#spare ??= this.#start();
  }

  #onExit(guest: GuestProcess, wasReady: boolean, lastWords: string): void {
    if (!wasReady) this.#failedStarts += 1;
    if (guest === this.#spare || guest === this.#inUse) this.#count(guest);
    if (guest === this.#spare) this.#spare = undefined;
    if (guest !== this.#inUse) return;
    this.#inUse = undefined;
    if (wasReady) this.#events.onDeath();
    else if (this.#failedStarts < MOST_FAILED_STARTS) this.ensure();
    else {
      this.#failedStarts = 0;
      this.#events.onCannotStart(lastWords);
    }
  }
}
