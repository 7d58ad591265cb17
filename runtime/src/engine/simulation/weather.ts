import type { Agenda } from './agenda.ts';
import type { Broker } from './broker.ts';
import type { Disk } from './disk.ts';
import type { Random } from './random.ts';
import type { Rig } from './rig.ts';
import type { Target } from './target.ts';
import type { Trace } from './trace.ts';

/** What can go wrong in a run. Each is there in some seeds only, so that what hides behind one of them shows in others. */
const FAULTS = [
  'crash',
  'crash-in-commit',
  'disk-full',
  'damage',
  'broker-away',
  'target-away',
  'target-slow',
  'target-moody',
  'lost-answers',
  'clock-set',
  'flaws',
  'restart',
  'swap',
  'clear',
] as const;
export type Fault = (typeof FAULTS)[number];

/** After these, timers may have to wait for room or for the disk. */
const HOLD_UP_TIMERS: readonly Fault[] = [
  'disk-full',
  'target-away',
  'target-slow',
  'target-moody',
  'lost-answers',
];

export function holdUpTimers(faults: ReadonlySet<Fault>): boolean {
  return HOLD_UP_TIMERS.some((fault) => faults.has(fault));
}

const HOUR_MS = 3_600_000;

/** Draws the faults of a run. */
export function drawFaults(random: Random, rig: Rig): ReadonlySet<Fault> {
  if (random.chance(0.03)) return new Set();
  const possible = FAULTS.filter((fault) => !(fault === 'clock-set' && rig.needsSteadyClock));
  const density = random.pick([0.2, 0.4, 0.6]);
  return new Set(possible.filter(() => random.chance(density)));
}

export interface WeatherParts {
  readonly agenda: Agenda;
  readonly random: Random;
  readonly trace: Trace;
  readonly disk: Disk;
  readonly broker: Broker;
  readonly targets: readonly Target[];
  readonly clockSet: () => void;
  readonly restart: () => void;
  readonly swap: () => void;
  /** A person empties an outbox. */
  readonly clear: () => void;
}

/** Plans the faults of the outside for the time until `untilMs`. By then all of them are over. */
export function planWeather(
  faults: ReadonlySet<Fault>,
  { untilMs, hasLongAbsence }: { readonly untilMs: number; readonly hasLongAbsence: boolean },
  parts: WeatherParts,
): void {
  const { agenda, random, trace, disk, broker, targets } = parts;
  const spell = (name: string, mostMs: number, begin: () => void, end: () => void) => {
    const from = random.whole(0, untilMs);
    const to = Math.min(untilMs, from + random.whole(1, mostMs));
    agenda.after(from, name, () => {
      trace.say(`${name} begins`);
      begin();
    });
    agenda.after(to, `${name} ends`, () => {
      trace.say(`${name} ends`);
      end();
    });
  };
  const spells: Partial<Record<Fault, () => void>> = {
    'disk-full': () =>
      spell(
        'disk full',
        20_000,
        () => (disk.isFull = true),
        () => (disk.isFull = false),
      ),
    'broker-away': () =>
      spell(
        'broker away',
        30_000,
        () => broker.goAway(),
        () => (broker.isAway = false),
      ),
    restart: () => agenda.after(random.whole(0, untilMs), 'restart', parts.restart),
    swap: () => agenda.after(random.whole(0, untilMs), 'swap', parts.swap),
    clear: () => agenda.after(random.whole(0, untilMs), 'clear', parts.clear),
    damage: () => agenda.after(random.whole(0, untilMs), 'damage', () => disk.damage()),
  };
  for (const fault of faults) {
    const plan = spells[fault];
    if (plan === undefined) continue;
    for (let times = random.whole(1, 3); times > 0; times--) plan();
  }
  for (const target of targets) planTarget(faults, target, spell);
  const [first] = targets;
  if (hasLongAbsence && first !== undefined) {
    first.isAway = true;
    agenda.after(untilMs - 1_000, `${first.name} is there`, () => (first.isAway = false));
  }
  if (faults.has('clock-set')) planClock(untilMs, parts);
}

type Spell = (name: string, mostMs: number, begin: () => void, end: () => void) => void;

function planTarget(faults: ReadonlySet<Fault>, target: Target, spell: Spell): void {
  const { name } = target;
  if (faults.has('target-away')) {
    spell(
      `${name} away`,
      60_000,
      () => (target.isAway = true),
      () => (target.isAway = false),
    );
    spell(
      `${name} away again`,
      5_000,
      () => (target.isAway = true),
      () => (target.isAway = false),
    );
  }
  if (faults.has('target-slow')) {
    spell(
      `${name} slow`,
      60_000,
      () => (target.isSlow = true),
      () => (target.isSlow = false),
    );
  }
  if (faults.has('target-moody')) {
    spell(
      `${name} moody`,
      60_000,
      () => (target.isMoody = true),
      () => (target.isMoody = false),
    );
  }
  if (faults.has('lost-answers')) {
    spell(
      `${name} losing answers`,
      60_000,
      () => (target.losesAnswers = true),
      () => (target.losesAnswers = false),
    );
  }
}

/** Somebody sets the clock, an hour on or back, and as a rule back to what it was. */
function planClock(untilMs: number, { agenda, random, trace, clockSet }: WeatherParts): void {
  const set = (aheadMs: number) => {
    agenda.aheadMs = aheadMs;
    trace.say(`clock is set to ${aheadMs} ms ahead`);
    clockSet();
  };
  const first = random.pick([HOUR_MS, -HOUR_MS]);
  const from = random.whole(0, untilMs);
  agenda.after(from, 'clock set', () => set(first));
  if (random.chance(0.8)) agenda.after(random.whole(from, untilMs), 'clock set again', () => set(0));
}
