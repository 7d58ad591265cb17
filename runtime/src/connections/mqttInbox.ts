import { compileFilter } from '@sluice/shared/message/topic.ts';
import type { TopicMatcher } from '@sluice/shared/message/topic.ts';
import type { MqttPacket, Stop, Subscription } from '@sluice/shared/node/context.ts';
import type { GivenList } from './givenPackets.ts';
import { createGivenList } from './givenPackets.ts';

type Qos = 0 | 1 | 2;
type Receive = (packet: MqttPacket, acknowledge: () => void) => boolean;

/** How many packets may wait here for subscribers that are full or that have yet to come, before reading stops. */
export const MAX_WAITING = 512;

/** How long the place of a subscriber that stopped is kept, so that the next version of its flow can take it (EN12). */
const KEEP_PLACE_MS = 2_000;

/** The same while packets that it was given are still on their way through its flow. */
const KEEP_PLACE_UNSETTLED_MS = 30_000;

/** How long a packet waits for a subscriber when there is none: flows may start after the broker sends its backlog. */
const KEEP_UNCLAIMED_MS = 10_000;

/** One packet on its way to everyone who wants it; settled when all of them have acknowledged it. */
interface Delivery {
  readonly packet: MqttPacket;
  open: number;
  readonly settle: () => void;
}

interface Subscriber {
  readonly filter: string;
  readonly matches: TopicMatcher;
  readonly qos: Qos;
  readonly receive: Receive;
  /** `left`: it stopped, and its place is kept for a while. */
  state: 'ready' | 'full' | 'left';
  readonly unsettled: GivenList<Delivery>;
  backlog: Delivery[];
  /** Ends the keeping of its place. */
  cancelLeaving: Stop;
}

export interface InboxOptions {
  readonly after: (ms: number, run: () => void) => Stop;
  /** Reading may go on; called after `canRead` was false. */
  onReadable(): void;
  /** Nobody wants this filter any more. */
  onUnused(filter: string): void;
}

/** Who of this process gets which packet of one MQTT connection. */
export interface Inbox {
  /** `isNew`: the broker has to be asked for it; else this one took the place of one that has just stopped. */
  add(
    filter: string,
    qos: Qos,
    receive: Receive,
  ): { readonly subscription: Subscription; readonly isNew: boolean };
  /** Hands a packet to everyone whose filter matches; `settle` is called when all of them have acknowledged it. */
  arrive(packet: MqttPacket, settle: () => void): void;
  readonly canRead: boolean;
  /** Filters that somebody wants, with the highest quality of service asked for. */
  wanted(): ReadonlyMap<string, Qos>;
  /** No subscriber is left and no place is kept. */
  readonly isEmpty: boolean;
  close(): void;
}

/** Makes an inbox. One subscription at the broker serves all flows that ask for the same filter. */
export function createInbox(options: InboxOptions): Inbox {
  const subscribers = new Set<Subscriber>();
  const shelf = createShelf(options, () => readableAgain());
  let wasReadable = true;

  const canRead = () => {
    let waiting = shelf.size;
    for (const { backlog } of subscribers) waiting += backlog.length;
    wasReadable = waiting < MAX_WAITING;
    return wasReadable;
  };
  const readableAgain = () => {
    if (!wasReadable && canRead()) options.onReadable();
  };

  const leave = (subscriber: Subscriber) => {
    subscribers.delete(subscriber);
    // Its flow is gone, so nobody is left to handle these.
    for (const delivery of [...subscriber.unsettled.values(), ...subscriber.backlog]) settleOne(delivery);
    subscriber.backlog = [];
    if (![...subscribers].some(({ filter }) => filter === subscriber.filter))
      options.onUnused(subscriber.filter);
    readableAgain();
  };

  const keepPlace = (subscriber: Subscriber) => {
    void subscriber.cancelLeaving();
    const ms = subscriber.unsettled.size > 0 ? KEEP_PLACE_UNSETTLED_MS : KEEP_PLACE_MS;
    subscriber.cancelLeaving = options.after(ms, () => leave(subscriber));
  };

  const handOver = (subscriber: Subscriber) => {
    while (subscriber.state === 'ready') {
      const delivery = subscriber.backlog.shift();
      if (delivery === undefined) break;
      hand(subscriber, delivery, keepPlace);
    }
    readableAgain();
  };

  /** What has waited for a subscriber like this one: packets of its predecessor first, then those nobody wanted. */
  const takePlace = (fresh: Subscriber): boolean => {
    const before = [...subscribers].find(({ filter, state }) => filter === fresh.filter && state === 'left');
    if (before !== undefined) {
      void before.cancelLeaving();
      subscribers.delete(before);
      fresh.backlog.push(...before.unsettled.values().map(again), ...before.backlog);
      before.unsettled.clear();
    }
    fresh.backlog.push(...shelf.take(fresh.matches));
    return before === undefined || before.qos < fresh.qos;
  };

  return {
    add: (filter, qos, receive) => {
      const fresh = createSubscriber(filter, qos, receive);
      const isNew = takePlace(fresh);
      subscribers.add(fresh);
      handOver(fresh);
      return { subscription: subscriptionOf(fresh, keepPlace, handOver, readableAgain), isNew };
    },
    arrive: (packet, settle) => {
      const delivery: Delivery = { packet, open: 0, settle };
      // All are counted before the first is asked, who may acknowledge at once.
      const matching: Subscriber[] = [];
      for (const subscriber of subscribers) if (subscriber.matches(packet.topic)) matching.push(subscriber);
      delivery.open = Math.max(1, matching.length);
      if (matching.length === 0) shelf.put(delivery);
      for (const subscriber of matching) {
        if (subscriber.state === 'ready') hand(subscriber, delivery, keepPlace);
        else subscriber.backlog.push(delivery);
      }
    },
    get canRead() {
      return canRead();
    },
    wanted: () => highestByFilter(subscribers),
    get isEmpty() {
      return subscribers.size === 0;
    },
    close: () => {
      shelf.close();
      for (const { cancelLeaving } of subscribers) void cancelLeaving();
      subscribers.clear();
    },
  };
}

function createSubscriber(filter: string, qos: Qos, receive: Receive): Subscriber {
  return {
    filter,
    matches: compileFilter(filter),
    qos,
    receive,
    state: 'ready',
    unsettled: createGivenList(),
    backlog: [],
    cancelLeaving: () => undefined,
  };
}

function subscriptionOf(
  subscriber: Subscriber,
  keepPlace: (subscriber: Subscriber) => void,
  handOver: (subscriber: Subscriber) => void,
  readableAgain: () => void,
): Subscription {
  return {
    resume: () => {
      if (subscriber.state !== 'full') return;
      subscriber.state = 'ready';
      handOver(subscriber);
    },
    stop: () => {
      if (subscriber.state === 'left') return;
      subscriber.state = 'left';
      keepPlace(subscriber);
      readableAgain();
    },
  };
}

function hand(subscriber: Subscriber, delivery: Delivery, keepPlace: (subscriber: Subscriber) => void): void {
  const given = subscriber.unsettled.add(delivery);
  const hasRoom = subscriber.receive(delivery.packet, () => {
    if (!subscriber.unsettled.settle(given)) return;
    settleOne(delivery);
    if (subscriber.state === 'left' && subscriber.unsettled.size === 0) keepPlace(subscriber);
  });
  if (!hasRoom && subscriber.state === 'ready') subscriber.state = 'full';
}

function settleOne(delivery: Delivery): void {
  delivery.open -= 1;
  if (delivery.open === 0) delivery.settle();
}

/** The same delivery, marked as one that may have been seen before. It counts in place of the first. */
function again(delivery: Delivery): Delivery {
  return { packet: { ...delivery.packet, duplicate: true }, open: 1, settle: () => settleOne(delivery) };
}

function highestByFilter(subscribers: Iterable<Subscriber>): ReadonlyMap<string, Qos> {
  const highest = new Map<string, Qos>();
  for (const { filter, qos } of subscribers) {
    const before = highest.get(filter);
    if (before === undefined || before < qos) highest.set(filter, qos);
  }
  return highest;
}

/**
 * Packets that nobody wants yet: a broker with a session sends its backlog at once, flows start one after the other.
 * Those that nobody came for belong to a flow that is gone; the broker has to be told to let go of them.
 */
function createShelf({ after }: Pick<InboxOptions, 'after'>, onTaken: () => void) {
  let waiting: Delivery[] = [];
  let stopTimer: Stop | undefined;
  const clear = () => {
    stopTimer = undefined;
    const gone = waiting;
    waiting = [];
    gone.forEach(settleOne);
    onTaken();
  };
  return {
    get size() {
      return waiting.length;
    },
    put: (delivery: Delivery) => {
      waiting.push(delivery);
      stopTimer ??= after(KEEP_UNCLAIMED_MS, clear);
    },
    take: (matches: TopicMatcher): readonly Delivery[] => {
      const taken = waiting.filter(({ packet }) => matches(packet.topic));
      waiting = waiting.filter(({ packet }) => !matches(packet.topic));
      return taken;
    },
    close: () => void stopTimer?.(),
  };
}
