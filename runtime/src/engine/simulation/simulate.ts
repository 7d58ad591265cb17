import { plainRigs } from './plainRigs.ts';
import type { Random } from './random.ts';
import { createRandom } from './random.ts';
import type { Rig, Tuning } from './rig.ts';
import { timedRigs } from './timedRigs.ts';
import type { Fault } from './weather.ts';
import { drawFaults } from './weather.ts';
import type { WorldOptions } from './world.ts';
import { World } from './world.ts';

/** All flows that are simulated. */
export const rigs: readonly [Rig, ...Rig[]] = [...plainRigs, ...timedRigs];

export interface Outcome {
  readonly seed: number;
  readonly rig: string;
  readonly faults: readonly Fault[];
  /** The first rule that was broken. */
  readonly problem: string | undefined;
  /** Of all that happened: the same for the same seed. */
  readonly hash: string;
  readonly steps: number;
  /** The last lines of what happened. */
  tail(most: number): readonly string[];
}

/** What may be chosen in place of what the seed says. */
export type Choices = Partial<Omit<WorldOptions, 'seed' | 'tuning'>>;

type Size = Pick<WorldOptions, 'readings' | 'stormMs' | 'hasLongAbsence'>;

/** More than the engine keeps of an outbox in memory, while a target is away. */
const MANY: Size = { readings: 1_500, stormMs: 20_000, hasLongAbsence: true };

/** Runs one world. The same seed and choices do the same, step by step. */
export async function simulate(seed: number, choices: Choices = {}): Promise<Outcome> {
  const random = createRandom(seed, 'choices');
  const rig = choices.rig ?? random.pick(rigs);
  const faults = choices.faults ?? drawFaults(random, rig);
  const drawn = random.chance(0.015) ? MANY : drawSize(random);
  const world = new World({ seed, rig, faults, tuning: drawTuning(random), ...drawn, ...choices });
  const problem = await world.run();
  const { trace, steps } = world;
  return {
    seed,
    rig: rig.name,
    faults: [...faults],
    problem,
    hash: trace.hash(),
    steps,
    tail: (most) => trace.tail(most),
  };
}

function drawSize(random: Random): Size {
  return {
    readings: random.whole(5, 60),
    stormMs: random.pick([200, 5_000, 30_000, 90_000]),
    hasLongAbsence: false,
  };
}

function drawTuning(random: Random): Tuning {
  const waits = () => ({
    concurrency: random.pick([1, 1, 3]),
    batch: random.pick([1, 3, 50]),
    timeoutMs: random.pick([5_000, 10_000]),
    queue: random.pick([2, 10, 1_000]),
  });
  const dropping = random.fork('dropping');
  return {
    sink: {
      ...waits(),
      keepMs: random.chance(0.1) ? 20_000 : 604_800_000,
      maxBytes: random.pick([100_000_000, 100_000_000, 4_000]),
      perSecond: random.pick([5, 100, 1_000]),
      whenFull: 'stop',
      ...(dropping.chance(0.25) && {
        whenFull: 'drop-oldest',
        maxBytes: dropping.pick([1_000, 4_000, 20_000]),
      }),
    },
    ask: waits(),
    holdSeconds: random.pick([1, 4, 30]),
  };
}

/** For a person: what was broken, how it came to it, and how to see it again. */
export function report({ seed, rig, faults, problem, steps, tail }: Outcome): string {
  const end = problem === undefined ? 'No rule was broken.' : `Broken: ${problem}`;
  return [
    `Seed ${seed}, flow “${rig}”, faults: ${faults.join(', ') || 'none'}, ${steps} steps.`,
    ...tail(50),
    end,
    `To see it again: node runtime/src/engine/simulation/replay.ts ${seed}`,
  ].join('\n');
}
