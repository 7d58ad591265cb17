import { emptyFlow } from '@sluice/shared/flow/flow.ts';
import { describe, expect, it } from 'vitest';
import { checkState, checkSummary, needsConfirmation } from './checkState.ts';

const flow = emptyFlow('f', 'F');
const outcome = (name: string, isPassed: boolean) => ({
  name,
  isPassed,
  differences: isPassed ? [] : ['It differs.'],
});
const done = (...list: ReturnType<typeof outcome>[]) => ({ kind: 'done' as const, list, flow });

describe('what the scenarios say before a deploy', () => {
  it('says how many pass, and asks nothing', () => {
    const check = checkState(done(outcome('a', true), outcome('b', true), outcome('c', true)), 3);
    expect(check.kind === 'none' ? '' : checkSummary(check)).toBe('3 of 3 scenarios pass');
    expect(needsConfirmation(check)).toBe(false);
    const one = checkState(done(outcome('a', true)), 1);
    expect(one.kind === 'none' ? '' : checkSummary(one)).toBe('1 of 1 scenario passes');
  });

  it('names those that fail, and asks', () => {
    const check = checkState(done(outcome('a', true), outcome('b', false)), 2);
    expect(check).toMatchObject({ kind: 'failing', failing: [{ name: 'b' }] });
    expect(check.kind === 'none' ? '' : checkSummary(check)).toBe('1 of 2 scenarios fails');
    expect(needsConfirmation(check)).toBe(true);
  });

  it('asks as well where they could not be run, and never where there are none', () => {
    const check = checkState({ kind: 'failed', sentence: 'Sluice does not answer.' }, 2);
    expect(check).toEqual({ kind: 'unknown', sentence: 'Sluice does not answer.' });
    expect(needsConfirmation(check)).toBe(true);
    expect(checkState(undefined, 0)).toEqual({ kind: 'none' });
    expect(checkState(undefined, 2)).toEqual({ kind: 'running', total: 2 });
    expect(needsConfirmation(checkState({ kind: 'running' }, 2))).toBe(false);
  });
});
