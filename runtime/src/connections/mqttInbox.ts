import { compileFilter } from '@sluice/shared/message/topic.ts';
import type { TopicMatcher } from '@sluice/shared/message/topic.ts';
import type { MqttPacket, Stop, Subscription } from '@sluice/shared/node/context.ts';
import type { GivenList } from '../engine/givenList.ts';
import { createGivenList } from '../engine/givenList.ts';
import type { Backlog } from './mqttBacklog.ts';
import { createBacklog } from './mqttBacklog.ts';
import type { Delivery } from './mqttDelivery.ts';
import { settleAll } from './mqttDelivery.ts';
import { createShelf } from './mqttShelf.ts';

type Qos = 0 | 1 | 2;
type Receive = (packets: readonly MqttPacket[], acknowledge: () => void) => boolean;

/** How long the place of a subscriber that stopped is kept, so that the next version of its flow can take it (EN12). */
const KEEP_PLACE_MS = 2_000;

/** So much of what waits is given at once. */
const GIVEN_AT_ONCE = 64;

/** The same while packets that it was given are still on their way through its flow. */
const KEEP_PLACE_UNSETTLED_MS = 30_000;

interface Subscriber {
  readonly filter: string;
  readonly qos: Qos;
  readonly receive: Receive;
  /** `left`: it stopped, and its place is kept for a while. */
  state: 'ready' | 'full' | 'left';
  /** What it was given and has not acknowledged. */
  readonly unsettled: GivenList<readonly Delivery[]>;
  /** What it has no room for. */
  readonly backlog: Backlog;
  /** Ends the keeping of its place. */
  cancelLeaving: Stop;
}

/** All who want the same: what arrives is compared with each filter once, however many flows ask for it. */
interface Want {
  readonly filter: string;
  readonly matches: TopicMatcher;
  /** Made anew on each change, as it is gone through while its members may change it. */
  subscribers: readonly Subscriber[];
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
  /**
   * `isNew`: the broker has to be asked for it; else this one took the place of one that has just stopped.
   * `onBlocking`: told when so much waits for this one that nothing is read for anybody, and when that is over.
   */
  add(
    filter: string,
    qos: Qos,
    receive: Receive,
    onBlocking?: (isBlocking: boolean) => void,
  ): { readonly subscription: Subscription; readonly isNew: boolean };
  /** Hands packets that came together to everyone whose filter matches. */
  arrive(deliveries: readonly Delivery[]): void;
  readonly canRead: boolean;
  /** Filters that somebody wants, with the highest quality of service asked for. */
  wanted(): ReadonlyMap<string, Qos>;
  /** No subscriber is left and no place is kept. */
  readonly isEmpty: boolean;
  close(): void;
}

/** Makes an inbox. One subscription at the broker serves all flows that ask for the same filter. */
export function createInbox(options: InboxOptions): Inbox {
  const wants = createWants();
  /** How many backlogs are full. */
  let full = 0;
  /** While a place is taken over nothing may arrive: there is nobody yet who would get it. */
  let isHeld = false;
  const fullChanged = (isFull: boolean) => {
    full += isFull ? 1 : -1;
    if (full === 0 && !isHeld) options.onReadable();
  };
  const shelf = createShelf(options.after, fullChanged);

  const leave = (subscriber: Subscriber) => {
    wants.remove(subscriber);
    // Its flow is gone, so nobody is left to handle these.
    settleAll([...subscriber.unsettled.values().flat(), ...subscriber.backlog.takeAll()]);
    subscriber.backlog.close();
    if (wants.of(subscriber.filter).length === 0) options.onUnused(subscriber.filter);
  };

  const keepPlace = (subscriber: Subscriber) => {
    void subscriber.cancelLeaving();
    const ms = subscriber.unsettled.size > 0 ? KEEP_PLACE_UNSETTLED_MS : KEEP_PLACE_MS;
    subscriber.cancelLeaving = options.after(ms, () => leave(subscriber));
  };

  const handOver = (subscriber: Subscriber) => {
    while (subscriber.state === 'ready') {
      const waited = subscriber.backlog.take(GIVEN_AT_ONCE);
      if (waited.length === 0) break;
      hand(subscriber, waited, packetsOf(waited), keepPlace);
    }
  };

  /** What has waited for a subscriber like this one: packets of its predecessor first, then those nobody wanted. */
  const takePlace = (fresh: Subscriber): boolean => {
    const before = wants.of(fresh.filter).find(({ state }) => state === 'left');
    if (before !== undefined) {
      void before.cancelLeaving();
      wants.remove(before);
      const left = [...before.unsettled.values().flat().map(again), ...before.backlog.takeAll()];
      for (const delivery of left) fresh.backlog.push(delivery);
      before.unsettled.clear();
      before.backlog.close();
    }
    for (const delivery of shelf.take(compileFilter(fresh.filter))) fresh.backlog.push(delivery);
    return before === undefined || before.qos < fresh.qos;
  };

  return {
    add: (filter, qos, receive, onBlocking) => {
      const backlog = createBacklog({ after: options.after, onFull: fullChanged, onBlocking });
      const fresh = createSubscriber(filter, qos, receive, backlog);
      const wasFull = full > 0;
      isHeld = true;
      const isNew = takePlace(fresh);
      wants.add(fresh);
      isHeld = false;
      handOver(fresh);
      if (wasFull && full === 0) options.onReadable();
      return { subscription: subscriptionOf(fresh, keepPlace, handOver), isNew };
    },
    arrive: (deliveries) => {
      // All are counted before the first is asked, who may acknowledge at once.
      const matching = wants.matching(deliveries);
      for (const { wanted, subscribers } of matching)
        for (const delivery of wanted) delivery.open += subscribers.length;
      for (const delivery of deliveries) {
        if (delivery.open > 0) continue;
        delivery.open = 1;
        shelf.put(delivery);
      }
      for (const { wanted, subscribers } of matching) {
        const packets = packetsOf(wanted);
        for (const subscriber of subscribers) {
          // What waits goes first: it may be on its way to the subscriber just now, which lets more arrive.
          if (subscriber.state === 'ready' && subscriber.backlog.size === 0)
            hand(subscriber, wanted, packets, keepPlace);
          else for (const delivery of wanted) subscriber.backlog.push(delivery);
        }
      }
    },
    get canRead() {
      return full === 0;
    },
    wanted: wants.highest,
    get isEmpty() {
      return wants.isEmpty;
    },
    close: () => {
      shelf.close();
      for (const { cancelLeaving, backlog } of wants.all()) {
        void cancelLeaving();
        backlog.close();
      }
      wants.clear();
    },
  };
}

/** Who wants what, by filter. */
function createWants() {
  const byFilter = new Map<string, Want>();
  // A list beside it: going through a map makes an object for each that is met.
  let list: readonly Want[] = [];
  const changed = () => {
    list = [...byFilter.values()];
  };
  return {
    add: (subscriber: Subscriber) => {
      const { filter } = subscriber;
      const want = byFilter.get(filter) ?? { filter, matches: compileFilter(filter), subscribers: [] };
      want.subscribers = [...want.subscribers, subscriber];
      byFilter.set(filter, want);
      changed();
    },
    remove: (subscriber: Subscriber) => {
      const want = byFilter.get(subscriber.filter);
      if (want === undefined) return;
      want.subscribers = want.subscribers.filter((one) => one !== subscriber);
      if (want.subscribers.length === 0) byFilter.delete(subscriber.filter);
      changed();
    },
    of: (filter: string): readonly Subscriber[] => byFilter.get(filter)?.subscribers ?? [],
    all: (): readonly Subscriber[] => list.flatMap(({ subscribers }) => subscribers),
    /** Which of these are wanted by whom; what nobody wants is not in it. */
    matching: (deliveries: readonly Delivery[]) =>
      list
        .map(({ matches, subscribers }) => ({
          wanted: deliveries.filter(({ packet }) => matches(packet.topic)),
          subscribers,
        }))
        .filter(({ wanted }) => wanted.length > 0),
    /** The highest quality of service asked for, by filter. */
    highest: (): ReadonlyMap<string, Qos> =>
      new Map(
        list.map(({ filter, subscribers }) => [
          filter,
          subscribers.reduce<Qos>((highest, { qos }) => (qos > highest ? qos : highest), 0),
        ]),
      ),
    get isEmpty() {
      return list.length === 0;
    },
    clear: () => {
      byFilter.clear();
      changed();
    },
  };
}

function createSubscriber(filter: string, qos: Qos, receive: Receive, backlog: Backlog): Subscriber {
  return {
    filter,
    qos,
    receive,
    state: 'ready',
    unsettled: createGivenList(),
    backlog,
    cancelLeaving: () => undefined,
  };
}

function subscriptionOf(
  subscriber: Subscriber,
  keepPlace: (subscriber: Subscriber) => void,
  handOver: (subscriber: Subscriber) => void,
): Subscription {
  return {
    get waiting() {
      return subscriber.backlog.size;
    },
    resume: () => {
      if (subscriber.state !== 'full') return;
      subscriber.state = 'ready';
      handOver(subscriber);
    },
    stop: () => {
      if (subscriber.state === 'left') return;
      subscriber.state = 'left';
      keepPlace(subscriber);
    },
  };
}

function packetsOf(deliveries: readonly Delivery[]): readonly MqttPacket[] {
  return deliveries.map(({ packet }) => packet);
}

function hand(
  subscriber: Subscriber,
  deliveries: readonly Delivery[],
  packets: readonly MqttPacket[],
  keepPlace: (subscriber: Subscriber) => void,
): void {
  const place = subscriber.unsettled.add(deliveries);
  const hasRoom = subscriber.receive(packets, () => {
    const given = subscriber.unsettled.settle(place);
    if (given === undefined) return;
    settleAll(given);
    if (subscriber.state === 'left' && subscriber.unsettled.size === 0) keepPlace(subscriber);
  });
  if (!hasRoom && subscriber.state === 'ready') subscriber.state = 'full';
}

/** The same delivery, marked as one that may have been seen before. It counts in place of the first. */
function again(delivery: Delivery): Delivery {
  const packet = { ...delivery.packet, duplicate: true, arrival: undefined };
  return { packet, open: 1, settle: () => settleAll([delivery]) };
}
