import { describe, expect, it } from 'vitest';
import { replay } from './replay.ts';
import { askedRig, heldRig } from './plainRigs.ts';
import type { Choices } from './simulate.ts';
import { report, simulate } from './simulate.ts';
import type { Fault } from './weather.ts';

const SEEDS = 1_000;
const BATCH = 25;
const CLOCK_SEEDS = 100;
const SWAP_SEEDS = 150;

async function keepsTheRules(seed: number, choices?: Choices): Promise<void> {
  const outcome = await simulate(seed, choices);
  if (outcome.problem !== undefined) throw new Error(report(outcome));
}

describe('a simulated world', () => {
  for (let first = 1; first <= SEEDS; first += BATCH) {
    it(`[EN4 EN6 EN7 EN8 EN9 EN10 EN12] keeps the rules on seeds ${first} to ${first + BATCH - 1}`, async () => {
      for (let seed = first; seed < first + BATCH; seed++) await keepsTheRules(seed);
    });
  }

  it('[EN10] has its timers on time when somebody sets the clock and nothing else goes wrong', async () => {
    const faults: ReadonlySet<Fault> = new Set(['clock-set']);
    const choices = { rig: heldRig, faults, readings: 10, stormMs: 120_000, hasLongAbsence: false };
    for (let seed = 1; seed <= CLOCK_SEEDS; seed++) await keepsTheRules(seed, choices);
  });

  it('[EN12] loses and doubles nothing when versions are swapped, one of them without a slow node', async () => {
    const faults: ReadonlySet<Fault> = new Set(['swap', 'target-slow']);
    for (let seed = 1; seed <= SWAP_SEEDS; seed++) await keepsTheRules(seed, { rig: askedRig, faults });
  });

  it('[EN9] counts a window once that was sent, died unwritten and was made again of what was known then', async () => {
    await keepsTheRules(1_304);
  });

  it('[EN11] does the same for the same seed, and something else for another', async () => {
    const hashes = new Set<string>();
    for (let seed = 1; seed <= 30; seed++) {
      const { hash } = await simulate(seed);
      expect((await simulate(seed)).hash).toBe(hash);
      hashes.add(hash);
    }
    expect(hashes.size).toBe(30);
  });

  it('prints how a seed ended, and says what it wants when there is none', async () => {
    expect(await replay('7')).toContain('Seed 7, flow “');
    expect(await replay(undefined)).toContain('Give the seed');
  });
});
