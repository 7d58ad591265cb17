import type { Met } from './nodes.ts';
import type { Reading } from './reading.ts';
import { nameOf } from './reading.ts';
import type { Rig, View } from './rig.ts';
import { byDevice, drawRig, owedTo } from './rig.ts';

// Flows in which every reading goes its own way to a target.

/** Straight through: what the broker sends again goes through again. */
const straight: Rig = {
  name: 'straight',
  targets: ['out'],
  needsSteadyClock: false,
  passesDuplicates: true,
  ordered: ['out'],
  spare: [],
  resettable: [],
  draw: (tuning, variant) => drawRig(tuning, variant, ['out'], { frail: 'frail' }, 'in>frail', 'frail>out'),
  debts: () => owedTo(['out']),
  verdict: () => undefined,
};

/** Batches that change state, whose messages are put on disk at once, among others that are not. */
const peaked: Rig = {
  name: 'peaked',
  targets: ['out'],
  needsSteadyClock: false,
  passesDuplicates: true,
  ordered: ['out'],
  spare: [],
  resettable: ['peak'],
  draw: (tuning, variant) => drawRig(tuning, variant, ['out'], { peak: 'peak' }, 'in>peak', 'peak>out'),
  debts: () => owedTo(['out']),
  verdict: () => undefined,
};

/** State by device before the sink: a message that is lost after its state was committed is never made again. */
const counted: Rig = {
  name: 'counted',
  targets: ['out'],
  needsSteadyClock: false,
  passesDuplicates: false,
  ordered: ['out'],
  spare: [],
  resettable: ['tally'],
  draw: (tuning, variant) =>
    drawRig(tuning, variant, ['out'], { once: 'once', tally: 'tally' }, 'in>once', 'once>tally', 'tally>out'),
  debts: () => owedTo(['out']),
  verdict: (view) =>
    byDevice(view, (device, readings) => {
      const found = met(view, device);
      const all = readings.map(({ sequence }) => sequence);
      const possible = view.cuts('tally', device).map((cuts) => all.slice(cuts.at(-1) ?? 0));
      if (possible.some((expected) => expected.join() === found.join())) return undefined;
      return difference(`tally of ${device}`, found, possible[0] ?? []);
    }),
};

/** A request in between, several at once; what fails leaves by its error port. */
export const askedRig: Rig = {
  name: 'asked',
  targets: ['out', 'failed', 'asked'],
  needsSteadyClock: false,
  passesDuplicates: false,
  ordered: ['out', 'failed'],
  spare: ['ask'],
  resettable: ['tally'],
  draw: (tuning, variant) => {
    const asking = { ask: { type: 'ask', config: { target: 'asked', ...tuning.ask } } };
    const isShorter = variant === 'shorter';
    return drawRig(
      tuning,
      variant,
      ['out', 'failed'],
      { once: 'once', ...(isShorter ? {} : asking), tally: 'tally' },
      'in>once',
      ...(isShorter ? ['once>tally'] : ['once>ask', 'ask>tally', 'ask.error>failed']),
      'tally>out',
    );
  },
  debts: () => owedTo(['out', 'failed'], ['ask', 'out', 'failed']),
  verdict: (view) => byDevice(view, (device, readings) => askedProblem(view, device, readings)),
};

/** Each reading is either counted or has failed, in order, and is counted once. */
function askedProblem(view: View, device: string, readings: readonly Reading[]): string | undefined {
  const counts = met(view, device);
  const sorted = [...new Set(counts)].sort((one, other) => one - other);
  const forgottenAt = Math.max(0, ...view.cuts('tally', device).flat());
  const isDone = (reading: Reading) =>
    reading.sequence <= forgottenAt ||
    counts.includes(reading.sequence) ||
    view.isDelivered(nameOf(reading), 'failed') ||
    view.isDead(nameOf(reading));
  const forgotten = readings.find((reading) => !isDone(reading));
  if (forgotten !== undefined) return `[EN9] ${nameOf(forgotten)} is neither counted nor failed`;
  return difference(`tally of ${device}`, counts, sorted);
}

/** Two sinks: one that is away must not cost the other anything. */
const fanned: Rig = {
  name: 'fanned',
  targets: ['left', 'right'],
  needsSteadyClock: false,
  passesDuplicates: false,
  ordered: ['left', 'right'],
  spare: [],
  resettable: [],
  draw: (tuning, variant) =>
    drawRig(tuning, variant, ['left', 'right'], { once: 'once' }, 'in>once', 'once>left', 'once>right'),
  debts: () => [...owedTo(['left']), ...owedTo(['right'])],
  verdict: () => undefined,
};

/** Failures go to a catch node (EN7), and what fails behind it to the dead letters. */
const caught: Rig = {
  name: 'caught',
  targets: ['out', 'caught'],
  needsSteadyClock: false,
  passesDuplicates: true,
  ordered: ['out', 'caught'],
  spare: [],
  resettable: [],
  draw: (tuning, variant) =>
    drawRig(
      tuning,
      variant,
      ['out', 'caught'],
      { frail: 'frail', rescue: 'catch' },
      'in>frail',
      'frail>out',
      'rescue>caught',
    ),
  debts: ({ flaw }) =>
    flaw === 'none'
      ? owedTo(['out', 'caught'], ['out', 'rescue', 'caught'])
      : owedTo(['caught'], ['out', 'rescue', 'caught']),
  verdict: ({ disk }) => {
    const missed = disk.letters.find(({ node }) => node !== 'caught');
    return missed === undefined
      ? undefined
      : `[EN7] ${missed.name} failed at ${missed.node} and passed the catch node by`;
  },
};

/** Two delays: timers of two nodes, all of them once and in due order. */
export const heldRig: Rig = {
  name: 'held',
  targets: ['soon', 'late'],
  needsSteadyClock: false,
  passesDuplicates: false,
  ordered: [],
  spare: [],
  resettable: ['short', 'long'],
  draw: (tuning, variant) =>
    drawRig(
      tuning,
      variant,
      ['soon', 'late'],
      { once: 'once', short: delayOf(tuning.holdSeconds), long: delayOf(tuning.holdSeconds * 3) },
      'in>once',
      'once>short',
      'once>long',
      'short>soon',
      'long>late',
    ),
  debts: () => [
    { targets: ['soon'], nodes: ['soon'], heldAt: 'short' },
    { targets: ['late'], nodes: ['late'], heldAt: 'long' },
  ],
  verdict: () => undefined,
};

function delayOf(seconds: number): { type: string; config: object } {
  return { type: 'delay', config: { time: `${seconds}s` } };
}

function met({ disk }: View, device: string): readonly number[] {
  const kept = disk.state('tally').get(device) as Met | undefined;
  return kept?.sequences ?? [];
}

function difference(what: string, found: readonly number[], expected: readonly number[]): string | undefined {
  if (found.join() === expected.join()) return undefined;
  return `[EN9] the ${what} is ${found.join(' ')} and should be ${expected.join(' ')}`;
}

export const plainRigs: readonly [Rig, ...Rig[]] = [
  straight,
  peaked,
  counted,
  askedRig,
  fanned,
  caught,
  heldRig,
];
