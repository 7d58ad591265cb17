import type { Outgoing } from './mqttBurst.ts';

/** So many packets share a promise at most: fewer than may be in flight. */
const MOST_IN_GROUP = 512;

/** Packets that are published in one go: they are written in one go and share one promise. */
export interface Group {
  readonly packets: Outgoing[];
  /** All are of QoS 2; else none is. */
  readonly isExact: boolean;
  readonly promise: Promise<void>;
  /** What is still waited for: packets to be acknowledged, and the write. */
  open: number;
  readonly isOver: boolean;
  /** What has to be done when the signal gives up. */
  readonly onAbort: (() => void)[];
  /** Where it stands among what is under way; set by who keeps that. */
  place: number | undefined;
  /** Settles the promise. False when that was done before. */
  finish(error: Error | undefined): boolean;
}

/**
 * Gathers what is published in one turn. `ready` gets each group when the turn is over; `aborted` when the signal gives
 * up before it is finished.
 */
export function createGroups(ready: (group: Group) => void, aborted: (group: Group) => void) {
  let gathering: { readonly group: Group; readonly signal: AbortSignal } | undefined;
  const flush = () => {
    const gathered = gathering;
    gathering = undefined;
    if (gathered !== undefined) ready(gathered.group);
  };
  const fits = (signal: AbortSignal, isExact: boolean, isSingle: boolean) =>
    gathering !== undefined &&
    !isSingle &&
    gathering.signal === signal &&
    gathering.group.isExact === isExact &&
    gathering.group.packets.length < MOST_IN_GROUP;
  return {
    /** `isSingle`: the packet is to be a group of its own. */
    add: (packet: Outgoing, signal: AbortSignal, isSingle: boolean): Promise<void> => {
      const isExact = packet.qos === 2;
      if (gathering === undefined || !fits(signal, isExact, isSingle)) {
        flush();
        gathering = { group: createGroup(signal, isExact, aborted), signal };
        queueMicrotask(flush);
      }
      gathering.group.packets.push(packet);
      return gathering.group.promise;
    },
  };
}

function createGroup(signal: AbortSignal, isExact: boolean, aborted: (group: Group) => void): Group {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort: (() => void)[] = [];
  let isOver = false;
  const give = () => {
    aborted(group);
    for (const run of onAbort) run();
  };
  const group: Group = {
    packets: [],
    isExact,
    promise,
    open: 0,
    get isOver() {
      return isOver;
    },
    onAbort,
    place: undefined,
    finish: (error) => {
      if (isOver) return false;
      isOver = true;
      signal.removeEventListener('abort', give);
      if (error === undefined) resolve();
      else reject(error);
      return true;
    },
  };
  signal.addEventListener('abort', give, { once: true });
  return group;
}
