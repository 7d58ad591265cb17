import type { JsonObject, Message } from '@sluice/shared/message/message.ts';
import { isJsonObject } from '@sluice/shared/message/message.ts';
import type { Passed } from './nodeTypes.ts';
import type { Reading } from './reading.ts';
import { nameOf, nameOfMessage, readingOf } from './reading.ts';
import type { Rig, Tuning, View } from './rig.ts';
import { byDevice, drawRig, firstProblem } from './rig.ts';

// Flows whose nodes make something of readings by time. What `once` has kept says which readings they got and when, and
// a model of a few lines says what has to come of that.

const LIMIT = 50;
const WINDOW_COUNT = 3;

/** A reading and when the flow took it in, ms since the epoch. */
interface Entry {
  readonly reading: Reading;
  readonly at: number;
}

interface TimedRig {
  /** A model that knows what comes of it when the node begins anew in between. */
  readonly isResettable: boolean;
  readonly name: string;
  readonly needsSteadyClock: boolean;
  readonly ordered: readonly string[];
  readonly type: string;
  readonly config: (holdSeconds: number) => object;
  /** Output ports of the node and the target that each leads to. */
  readonly ports: Readonly<Record<string, string>>;
  /** What is wrong with what came of one device. */
  readonly problem: (view: View, device: string, entries: readonly Entry[]) => string | undefined;
}

function timedRig({
  name,
  isResettable,
  needsSteadyClock,
  ordered,
  type,
  config,
  ports,
  problem,
}: TimedRig): Rig {
  const sinks = [...new Set(Object.values(ports))];
  const wires = Object.entries(ports).map(([port, sink]) => `timed.${port}>${sink}`);
  const timed = ({ holdSeconds }: Tuning) => ({ type, config: config(holdSeconds) });
  return {
    name,
    needsSteadyClock,
    ordered,
    targets: ['out', ...sinks.filter((sink) => sink !== 'out')],
    passesDuplicates: false,
    spare: [],
    resettable: isResettable ? ['timed'] : [],
    draw: (tuning, variant) =>
      drawRig(
        tuning,
        variant,
        sinks,
        { once: 'once', timed: timed(tuning) },
        'in>once',
        'once>timed',
        ...wires,
      ),
    debts: () => [],
    verdict: (view) =>
      byDevice(view, (device, readings) => {
        const taken = entriesOf(view, device, readings);
        if (taken.length === readings.length) return problem(view, device, taken);
        return `[EN6] ${device} sent ${readings.length} readings and ${taken.length} were taken in`;
      }),
  };
}

function entriesOf({ disk }: View, device: string, readings: readonly Reading[]): readonly Entry[] {
  const passed = disk.state('once').get(device) as Passed | undefined;
  const times = new Map(passed?.log);
  return readings.flatMap((reading) => {
    const at = times.get(reading.sequence);
    return at === undefined ? [] : [{ reading, at }];
  });
}

const raised = timedRig({
  name: 'raised',
  isResettable: false,
  needsSteadyClock: true,
  ordered: ['out'],
  type: 'threshold',
  config: (holdSeconds) => ({
    value: 'payload.value',
    limit: LIMIT,
    mode: 'change',
    raiseAfter: `${holdSeconds}s`,
    clearAfter: '1s',
  }),
  ports: { raised: 'out', cleared: 'out' },
  problem: (view, device, entries) => {
    const expected = transitions(entries, { raiseMs: view.tuning.holdSeconds * 1_000, clearMs: 1_000 });
    return exactly(view, device, expected.map(nameOf));
  },
});

/** The readings that are sent on transitions: the latest one that speaks for it when it has held for long enough. */
function transitions(
  entries: readonly Entry[],
  { raiseMs, clearMs }: { raiseMs: number; clearMs: number },
): readonly Reading[] {
  const sent: Reading[] = [];
  let isRaised = false;
  let pending: { since: number; latest: Reading } | undefined;
  const holdMs = () => (isRaised ? clearMs : raiseMs);
  const turn = () => {
    if (pending === undefined) return;
    sent.push(pending.latest);
    isRaised = !isRaised;
    pending = undefined;
  };
  for (const { reading, at } of entries) {
    if (pending !== undefined && at - pending.since >= holdMs()) turn();
    if (reading.value > LIMIT === isRaised) pending = undefined;
    else pending = { since: pending?.since ?? at, latest: reading };
  }
  turn();
  return sent;
}

/** Of this device, these and nothing else have reached `out`, or have failed for good. */
function exactly(view: View, device: string, names: readonly string[]): string | undefined {
  const missing = names.find((name) => !view.isDelivered(name, 'out') && !view.isDead(name));
  if (missing !== undefined) return `[EN10] ${missing} should have been sent and was not`;
  const others = view.namesDelivered('out', device).filter((name) => !names.includes(name));
  return others.length === 0 ? undefined : `[EN10] ${others.join(' ')} should not have been sent`;
}

const debounced = timedRig({
  name: 'debounced',
  isResettable: false,
  needsSteadyClock: true,
  ordered: ['out'],
  type: 'debounce',
  config: (holdSeconds) => ({ quiet: `${holdSeconds}s` }),
  ports: { out: 'out' },
  problem: (view, device, entries) => {
    const quietMs = view.tuning.holdSeconds * 1_000;
    const names = view.namesDelivered('out', device);
    return firstProblem(
      entries.map(({ reading, at }, index) => {
        const next = entries[index + 1];
        const name = nameOf(reading);
        if (next === undefined)
          return isThrough(view, name) ? undefined : `[EN10] ${name} ended a burst and was not sent`;
        const isTooSoon = next.at - at < quietMs;
        return isTooSoon && names.includes(name)
          ? `[EN10] ${name} was sent in the middle of a burst`
          : undefined;
      }),
    );
  },
});

function isThrough(view: View, name: string): boolean {
  return view.isDelivered(name, 'out') || view.isDead(name);
}

/** Windows by number do not ask the clock: what comes of each reading is known exactly. */
const grouped = timedRig({
  name: 'grouped',
  isResettable: true,
  needsSteadyClock: false,
  ordered: [],
  type: 'window',
  config: () => ({ by: 'count', count: WINDOW_COUNT, calculate: 'sum' }),
  ports: { out: 'out' },
  problem: (view, device, entries) => {
    const found = windowsOf(view, device).map(({ count, sum, from }) => [count, sum, from].join('/'));
    const possible = view.cuts('timed', device).map((cuts) => groupsOf(entries, cuts).map(wordsOf));
    if (possible.some((expected) => found.toSorted().join() === expected.toSorted().join())) return undefined;
    return `[EN9] the windows of ${device} are ${found.join(' ')} and should be ${possible[0]?.join(' ')}`;
  },
});

/** Full windows; at a cut what was gathered is forgotten. */
function groupsOf(entries: readonly Entry[], cuts: readonly number[]): readonly (readonly Entry[])[] {
  return [...cuts, entries.length].flatMap((end, part) => {
    const own = entries.slice(cuts[part - 1] ?? 0, end);
    return Array.from({ length: Math.floor(own.length / WINDOW_COUNT) }, (_, index) =>
      own.slice(index * WINDOW_COUNT, (index + 1) * WINDOW_COUNT),
    );
  });
}

function wordsOf(group: readonly Entry[]): string {
  const sum = group.reduce((total, { reading }) => total + reading.value, 0);
  return [group.length, sum, group[0]?.reading.time].join('/');
}

/** Windows by time: each reading is in exactly one of them, or came too late and was sent on as such. */
const timed = timedRig({
  name: 'windowed',
  isResettable: false,
  needsSteadyClock: false,
  ordered: ['late'],
  type: 'window',
  config: (holdSeconds) => ({ size: `${holdSeconds * 2}s`, calculate: 'count' }),
  ports: { out: 'out', late: 'late' },
  problem: (view, device, entries) => {
    const counts = countsInWindows(windowsOf(view, device));
    const late = entries.filter(
      ({ reading }) => view.isDelivered(nameOf(reading), 'late') || view.isDead(nameOf(reading)),
    );
    if (counts.has(entries.length - late.length)) return undefined;
    const counted = [...counts].join(' or ');
    return `[EN9] ${device} sent ${entries.length} readings; ${counted} are in windows and ${late.length} were late`;
  },
});

/**
 * How many readings may be in these windows. A window that was sent when the process died before that was written is made
 * again, of what is known then: what comes again meanwhile may be late. So of those that begin at one time one counts.
 */
function countsInWindows(windows: readonly Pane[]): ReadonlySet<number> {
  return [...Map.groupBy(windows, ({ from }) => from).values()].reduce<ReadonlySet<number>>(
    (sums, made) => new Set([...sums].flatMap((sum) => made.map(({ count }) => sum + count))),
    new Set([0]),
  );
}

interface Pane {
  readonly count: number;
  readonly sum: number;
  readonly from: number;
}

/** What was sent of a device, or would have been and has failed. */
function madeFor(view: View, device: string): readonly Message[] {
  const all = [...view.delivered('out'), ...view.dead].filter((message) => message.device === device);
  return [...new Map(all.map((message) => [nameOfMessage(message), message])).values()];
}

function windowsOf(view: View, device: string): readonly Pane[] {
  return madeFor(view, device)
    .filter((message) => readingOf(message) === undefined)
    .flatMap(({ payload }) => {
      if (!isJsonObject(payload)) return [];
      return {
        count: numberOf(payload, 'count'),
        sum: numberOf(payload, 'sum'),
        from: numberOf(payload, 'from'),
      };
    });
}

/** The last that is heard of a device is that it is silent, since its last reading. */
const silent = timedRig({
  name: 'silent',
  isResettable: false,
  needsSteadyClock: true,
  ordered: [],
  type: 'watchdog',
  config: (holdSeconds) => ({ silentFor: `${holdSeconds}s` }),
  ports: { silent: 'out', back: 'back' },
  problem: (view, device, entries) => {
    const seen = madeFor(view, device)
      .filter((message) => readingOf(message) === undefined)
      .map(({ payload }) => (isJsonObject(payload) ? numberOf(payload, 'lastSeen') : 0));
    const last = entries.at(-1);
    if (last !== undefined && !seen.includes(last.at))
      return `[EN10] nobody heard that ${device} fell silent`;
    const times = entries.map(({ at }) => at);
    const wrong = seen.find((at) => !times.includes(at));
    return wrong === undefined
      ? undefined
      : `[EN10] ${device} was said to be silent since ${wrong}, when nothing came`;
  },
});

function numberOf(payload: JsonObject, field: string): number {
  const value = payload[field];
  return typeof value === 'number' ? value : Number.NaN;
}

export const timedRigs: readonly Rig[] = [raised, debounced, grouped, timed, silent];
