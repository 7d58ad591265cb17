import type { Agenda, Life } from './agenda.ts';
import type { Random } from './random.ts';
import type { Reading } from './reading.ts';
import { nameOf } from './reading.ts';
import type { Trace } from './trace.ts';

/** Takes what the broker hands over. False: no more until `resume`. */
type Receive = (reading: Reading, isDuplicate: boolean, acknowledge: () => void) => boolean;

/** The connection of a process, with its subscription. */
export interface Subscriber {
  resume(): void;
  /** Nothing more is handed over; what was may be acknowledged still. */
  stop(): void;
}

/** What a broker notices, for the witness. */
export interface BrokerListener {
  /** The engine has said that it is done with a reading: now, whether or not the broker hears of it. */
  acknowledged(reading: Reading): void;
  /** Handed over again. */
  redelivered(reading: Reading): void;
}

/**
 * A broker with one persistent session at QoS 1: it keeps what is not acknowledged, has a bound on what is in flight, and
 * after a reconnect sends again what was not acknowledged, in order by device, before what is new. Devices come mixed.
 */
export interface Broker {
  publish(reading: Reading): void;
  /** Each life has one connection, which is opened when it is first needed. Throws while the broker is away. */
  subscribe(life: Life, receive: Receive, onLost: () => void): Subscriber;
  /** Away: connections are lost, and there are none until it is back. */
  isAway: boolean;
  goAway(): void;
  /** How often somebody has subscribed. */
  readonly subscriptions: number;
  /** Readings that are not acknowledged, as the broker sees it. */
  unacknowledged(): readonly Reading[];
}

interface Queued {
  readonly reading: Reading;
  wasSent: boolean;
}

interface Session {
  readonly life: Life;
  receive: Receive | undefined;
  onLost: () => void;
  isOpen: boolean;
  isPaused: boolean;
  isPumping: boolean;
  inFlight: Queued[];
}

export function createBroker(agenda: Agenda, random: Random, trace: Trace, listener: BrokerListener): Broker {
  return new SessionBroker(agenda, random, trace, listener);
}

class SessionBroker implements Broker {
  readonly #agenda: Agenda;
  readonly #random: Random;
  readonly #trace: Trace;
  readonly #listener: BrokerListener;
  readonly #mostInFlight: number;
  /** By device, oldest first. */
  readonly #queues = new Map<string, Queued[]>();
  #session: Session | undefined;
  isAway = false;
  subscriptions = 0;

  constructor(agenda: Agenda, random: Random, trace: Trace, listener: BrokerListener) {
    this.#agenda = agenda;
    this.#random = random;
    this.#trace = trace;
    this.#listener = listener;
    this.#mostInFlight = random.pick([1, 3, 20, 200]);
  }

  publish(reading: Reading): void {
    const queue = this.#queues.get(reading.device) ?? [];
    queue.push({ reading, wasSent: false });
    this.#queues.set(reading.device, queue);
    this.#pump();
  }

  subscribe(life: Life, receive: Receive, onLost: () => void): Subscriber {
    if (this.isAway) throw new Error('The broker is away.');
    const session = this.#sessionOf(life);
    session.receive = receive;
    session.onLost = onLost;
    session.isPaused = false;
    this.subscriptions += 1;
    this.#trace.say('engine subscribes');
    this.#pump();
    return {
      resume: () => {
        session.isPaused = false;
        this.#pump();
      },
      stop: () => {
        if (session.receive === receive) session.receive = undefined;
      },
    };
  }

  goAway(): void {
    this.isAway = true;
    this.#trace.say('broker goes away');
    const session = this.#session;
    this.#drop(session);
    if (session?.receive !== undefined && !session.life.isOver) session.onLost();
  }

  unacknowledged(): readonly Reading[] {
    const inFlight = this.#session?.inFlight ?? [];
    return [...inFlight, ...[...this.#queues.values()].flat()].map(({ reading }) => reading);
  }

  #sessionOf(life: Life): Session {
    if (this.#session?.life === life) return this.#session;
    this.#drop(this.#session);
    this.#session = {
      life,
      receive: undefined,
      onLost: () => undefined,
      isOpen: true,
      isPaused: false,
      isPumping: false,
      inFlight: [],
    };
    return this.#session;
  }

  /** What was in flight goes to the head of its queue, in the order in which it was sent. */
  #drop(session: Session | undefined): void {
    if (session?.isOpen !== true) return;
    session.isOpen = false;
    if (this.#session === session) this.#session = undefined;
    for (const [device, queued] of Map.groupBy(session.inFlight, ({ reading }) => reading.device)) {
      this.#queues.set(device, [...queued, ...(this.#queues.get(device) ?? [])]);
    }
    session.inFlight = [];
  }

  #pump(): void {
    const session = this.#session;
    if (session === undefined || session.isPumping) return;
    session.isPumping = true;
    const ms = this.#random.chance(0.7) ? 0 : this.#random.whole(1, 8);
    this.#agenda.after(ms, 'packet', () => {
      session.isPumping = false;
      if (session.life.isOver) this.#drop(session);
      else this.#deliver(session);
    });
  }

  #deliver(session: Session): void {
    const { receive, isOpen, isPaused, inFlight } = session;
    if (receive === undefined || !isOpen || isPaused || inFlight.length >= this.#mostInFlight) return;
    const [first, ...others] = [...this.#queues.values()].filter((queue) => queue.length > 0);
    if (first === undefined) return;
    const queued = this.#random.pick([first, ...others]).shift();
    if (queued === undefined) return;
    const { reading, wasSent } = queued;
    if (wasSent) this.#listener.redelivered(reading);
    queued.wasSent = true;
    session.inFlight.push(queued);
    this.#trace.say(`broker sends ${nameOf(reading)}${wasSent ? ' again' : ''}`);
    session.isPaused = !receive(reading, wasSent, () => this.#acknowledge(session, queued));
    this.#pump();
  }

  #acknowledge(session: Session, queued: Queued): void {
    if (session.life.isOver) return;
    this.#trace.say(`engine acknowledges ${nameOf(queued.reading)}`);
    this.#listener.acknowledged(queued.reading);
    this.#agenda.after(this.#random.whole(0, 3), 'acknowledgement', () => {
      if (!session.isOpen || (session.life.isOver && this.#random.chance(0.5))) return;
      session.inFlight = session.inFlight.filter((one) => one !== queued);
      this.#pump();
    });
  }
}
