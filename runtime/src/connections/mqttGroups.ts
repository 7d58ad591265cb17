import type { Outgoing } from './mqttBurst.ts';

/** So many packets share a promise at most: fewer than may be in flight. */
const MOST_IN_GROUP = 512;

/** Gathers what is published in one turn. `ready` gets each group when the turn is over. */
export function createGroups(ready: (group: Group) => void) {
  let gathering: Group | undefined;
  const flush = () => {
    const group = gathering;
    gathering = undefined;
    if (group !== undefined) ready(group);
  };
  const fits = (group: Group, signal: AbortSignal, isExact: boolean) =>
    group.signal === signal && group.isExact === isExact && group.packets.length < MOST_IN_GROUP;
  return {
    /** `isSingle`: the packet is to be a group of its own. */
    add: (packet: Outgoing, signal: AbortSignal, isSingle: boolean): Promise<void> => {
      const isExact = packet.qos === 2;
      let group = gathering;
      if (group === undefined || isSingle || !fits(group, signal, isExact)) {
        flush();
        group = new Group(signal, isExact);
        gathering = group;
        queueMicrotask(flush);
      }
      group.packets.push(packet);
      return group.promise;
    },
  };
}

/**
 * Packets that are published in one go: they are written in one go and share one promise.
 *
 * It keeps no function of its own and does not listen to its signal, which whoever has it looks at instead: V8 lets an
 * object that holds a function made for it, and all that it knows of, go only when the whole heap is collected. With
 * thousands of these a second that is 30 MB (`npm run bench -- mqtt`).
 */
export class Group {
  readonly packets: Outgoing[] = [];
  readonly signal: AbortSignal;
  /** All are of QoS 2; else none is. */
  readonly isExact: boolean;
  readonly promise: Promise<void>;
  /** What is still waited for: packets to be acknowledged, and the write. */
  open = 0;
  /** What has to be done when it is given up. */
  readonly onGivenUp: (() => void)[] = [];
  /** Where it stands among what is under way; set by who keeps that. */
  place: number | undefined = undefined;
  readonly #settle: PromiseWithResolvers<void>;
  #isOver = false;

  constructor(signal: AbortSignal, isExact: boolean) {
    this.signal = signal;
    this.isExact = isExact;
    this.#settle = Promise.withResolvers<void>();
    this.promise = this.#settle.promise;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Settles the promise. False when that was done before. */
  finish(error: Error | undefined): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    if (error === undefined) this.#settle.resolve();
    else this.#settle.reject(error);
    return true;
  }
}
