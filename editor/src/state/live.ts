import type { Counters, Log, LogEntry, Status, Values } from '@sluice/shared/protocol/live.ts';
import type { Outbox } from '@sluice/shared/protocol/running.ts';
import type { ShownMessage } from '@sluice/shared/protocol/shown.ts';
import { createStore } from 'zustand/vanilla';
import { type ReadStore, readOnly } from './store.ts';
import type { Stop, Time } from './time.ts';

/** What is known of one wire while someone watches. Changed in place: read it when told, do not keep it. */
export interface WireLive {
  /** Messages since the start of the deployment. */
  count: number;
  /** Messages per second. */
  rate: number;
  /** The last messages that were sampled, newest first, at most `RING`. */
  recent: readonly ShownMessage[];
}

/** How the editor hears from the server. */
type LiveConnection = { readonly kind: 'connected' } | { readonly kind: 'away'; readonly since: number };

export interface LiveState {
  readonly connection: LiveConnection;
  readonly deployment: Status['deployment'];
  /** Node to its status. */
  readonly nodes: Status['nodes'];
  /** Node to errors since the start. */
  readonly errors: Counters['errors'];
  /** Node to what waits for its target. */
  readonly outboxes: Readonly<Record<string, Outbox>>;
  /** The message panel, oldest first, at most `LOG_RING`. */
  readonly log: readonly LogEntry[];
  /** How many entries the server left out because more came than is shown. */
  readonly skipped: number;
  /** The person has paused values and messages; counters go on. */
  readonly isPaused: boolean;
}

/** Live values of one flow. Status and log are state; what changes many times a second is told wire by wire. */
export interface Live extends ReadStore<LiveState> {
  /** What the socket brings. Handed on in one frame, at most five times a second. */
  readonly receive: {
    counters(counters: Counters): void;
    values(values: Values): void;
    status(status: Status): void;
    log(log: Log): void;
    /** All of this flow. */
    outboxes(outboxes: readonly Outbox[]): void;
    connection(connection: LiveConnection): void;
  };
  wire(key: string): WireLive;
  /** Calls back after a frame in which the wire changed. */
  onWire(key: string, listener: (wire: WireLive) => void): Stop;
  setPaused(isPaused: boolean): void;
  clearLog(): void;
  /** Another version runs, or another flow is shown: what was counted is of no use any more. */
  reset(): void;
  close(): void;
}

export const RING = 5;
export const LOG_RING = 1_000;
/** At most five times a second. */
export const FRAME_MS = 200;

interface Waiting {
  readonly changed: Set<string>;
  readonly entries: LogEntry[];
  skipped: number;
  state: { -readonly [Name in keyof LiveState]?: LiveState[Name] };
}

const INITIAL: LiveState = {
  connection: { kind: 'connected' },
  deployment: undefined,
  nodes: {},
  errors: {},
  outboxes: {},
  log: [],
  skipped: 0,
  isPaused: false,
};

export function createLive(flow: string, time: Pick<Time, 'onFrame'>): Live {
  const store = createStore<LiveState>(() => INITIAL);
  const wires = new Map<string, WireLive>();
  const listeners = new Map<string, Set<(wire: WireLive) => void>>();
  let waiting: Waiting = nothingWaiting();
  let stopFrame: Stop | undefined;

  const wire = (key: string): WireLive => {
    const known = wires.get(key);
    if (known !== undefined) return known;
    const fresh: WireLive = { count: 0, rate: 0, recent: [] };
    wires.set(key, fresh);
    return fresh;
  };

  const flush = () => {
    stopFrame = undefined;
    const { changed, entries, skipped, state } = waiting;
    waiting = nothingWaiting();
    const before = store.getState();
    const isLogged = entries.length > 0 || skipped > 0;
    if (isLogged || Object.keys(state).length > 0) {
      store.setState({
        ...state,
        log: isLogged ? [...before.log, ...entries].slice(-LOG_RING) : before.log,
        skipped: before.skipped + skipped,
      });
    }
    for (const key of changed) for (const listener of listeners.get(key) ?? []) listener(wire(key));
  };
  const flushSoon = () => {
    stopFrame ??= time.onFrame(FRAME_MS, flush);
  };

  return {
    ...readOnly(store),
    wire,
    receive: {
      counters(counters) {
        if (counters.flow !== flow) return;
        for (const [key, [count, rate]] of Object.entries(counters.wires)) {
          const known = wire(key);
          if (known.count === count && known.rate === rate) continue;
          known.count = count;
          known.rate = rate;
          waiting.changed.add(key);
        }
        if (!isSameCounts(store.getState().errors, counters.errors)) waiting.state.errors = counters.errors;
        flushSoon();
      },
      values(values) {
        if (values.flow !== flow || store.getState().isPaused) return;
        for (const { wire: key, message } of values.samples) {
          const known = wire(key);
          known.recent = [message, ...known.recent].slice(0, RING);
          waiting.changed.add(key);
        }
        flushSoon();
      },
      status(status) {
        if (status.flow !== flow) return;
        waiting.state.nodes = status.nodes;
        waiting.state.deployment = status.deployment;
        flushSoon();
      },
      log(log) {
        if (log.flow !== flow || store.getState().isPaused) return;
        // A page that watches again is told of the last trouble again.
        const known = new Set([...store.getState().log, ...waiting.entries].map(({ id }) => id));
        waiting.entries.push(...log.entries.filter(({ id }) => !known.has(id)));
        if (waiting.entries.length > LOG_RING) {
          waiting.entries.splice(0, waiting.entries.length - LOG_RING);
        }
        waiting.skipped += log.skipped;
        flushSoon();
      },
      outboxes(outboxes) {
        if (outboxes.length === 0 && Object.keys(store.getState().outboxes).length === 0) return;
        store.setState({ outboxes: Object.fromEntries(outboxes.map((outbox) => [outbox.node, outbox])) });
      },
      connection(connection) {
        store.setState({ connection });
      },
    },
    onWire(key, listener) {
      const known = listeners.get(key) ?? new Set();
      known.add(listener);
      listeners.set(key, known);
      return () => {
        known.delete(listener);
        if (known.size === 0 && listeners.get(key) === known) listeners.delete(key);
      };
    },
    setPaused: (isPaused) => store.setState({ isPaused }),
    clearLog: () => store.setState({ log: [], skipped: 0 }),
    reset() {
      const keys = [...wires.keys()];
      wires.clear();
      waiting = nothingWaiting();
      store.setState({ errors: {}, nodes: {} });
      for (const key of keys) waiting.changed.add(key);
      flushSoon();
    },
    close() {
      stopFrame?.();
      stopFrame = undefined;
      listeners.clear();
    },
  };
}

function nothingWaiting(): Waiting {
  return { changed: new Set(), entries: [], skipped: 0, state: {} };
}

function isSameCounts(a: Counters['errors'], b: Counters['errors']): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
