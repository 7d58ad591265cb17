import { describe, expect, it } from 'vitest';
import type { FlowChanges } from '../shell.ts';
import { simulate } from './simulate.ts';

const FIRST = 101;
const LAST = 200;

/** The rule that is found broken on the first seeds, when the disk leaves out what `spoil` leaves out. */
async function foundBroken(spoil: (changes: FlowChanges) => FlowChanges): Promise<string | undefined> {
  for (let seed = FIRST; seed <= LAST; seed++) {
    const { problem } = await simulate(seed, { spoil });
    if (problem !== undefined) return problem;
  }
  return undefined;
}

describe('what is not written is noticed', () => {
  it('[EN6] of messages that wait', async () => {
    expect(await foundBroken((changes) => ({ ...changes, pendingAdded: [] }))).toMatch(
      /^\[EN6\].*acknowledged/,
    );
  });

  it('[EN8] of messages that are through', async () => {
    expect(await foundBroken((changes) => ({ ...changes, pendingDone: [] }))).toMatch(/^\[EN[68]\]/);
  });

  it('[EN9] of state', async () => {
    expect(await foundBroken((changes) => ({ ...changes, state: [] }))).toMatch(/^\[EN[69]\]/);
  });

  it('[EN10] of timers', async () => {
    expect(await foundBroken((changes) => ({ ...changes, timers: [] }))).toMatch(/^\[EN(6|10)\]/);
  });

  it('[EN7] of dead letters', async () => {
    expect(await foundBroken((changes) => ({ ...changes, deadLetters: [] }))).toMatch(
      /^\[EN(6\].*(acknowledged|never came)|8\].*given up)/,
    );
  });

  it('[EN6] when it is written one commit later than was said', async () => {
    let before: FlowChanges | undefined;
    const late = (changes: FlowChanges) => {
      const written = before ?? {
        ...changes,
        state: [],
        timers: [],
        pendingAdded: [],
        pendingDone: [],
        deadLetters: [],
      };
      before = changes;
      return written;
    };
    expect(await foundBroken(late)).toMatch(/^\[EN6\].*acknowledged/);
  });
});
