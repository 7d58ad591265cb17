import { describe, expect, it } from 'vitest';
import { report, rigs, simulate } from './simulate.ts';
import type { Choices } from './simulate.ts';

/** A world small enough to die after each of its steps: a handful of readings, and a target that is away for a while. */
const SMALL: Choices = { readings: 6, stormMs: 3_000, faults: new Set(['target-away']) };
const SEED = 11;

describe('a process that dies after any step', () => {
  for (const rig of rigs) {
    it(`[EN6 EN9 EN10] loses nothing of the flow “${rig.name}”`, async () => {
      const whole = await simulate(SEED, { ...SMALL, rig });
      expect(whole.problem).toBeUndefined();
      for (let dieAfterStep = 1; dieAfterStep <= whole.steps; dieAfterStep++) {
        const outcome = await simulate(SEED, { ...SMALL, rig, dieAfterStep });
        if (outcome.problem !== undefined)
          throw new Error(`${report(outcome)} (died after step ${dieAfterStep})`);
      }
    });
  }
});
