import { describe, expect, it } from 'vitest';
import type { Culprit, Suspicion, SuspicionEvent } from './suspects.ts';
import { allowedBy, CALM, suspect } from './suspects.ts';

const FLOWS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const SURVIVED: SuspicionEvent = { kind: 'survived' };

function ended(at: number, flows = FLOWS, livedMs = 100): SuspicionEvent {
  return { kind: 'ended', at, livedMs, flows };
}
function after(...events: readonly SuspicionEvent[]): readonly [Suspicion, Culprit] {
  return events.reduce<readonly [Suspicion, Culprit]>(
    ([state], event) => suspect(state, event),
    [CALM, undefined],
  );
}
const three = (flows: readonly string[] = FLOWS): SuspicionEvent[] =>
  [1_000, 2_000, 3_000].map((at) => ended(at, [...flows]));

interface Row {
  readonly name: string;
  readonly events: readonly SuspicionEvent[];
  readonly suspects?: string;
  readonly trial?: string;
  readonly culprit?: string;
}

describe('[EN13] which flow ends the runner', () => {
  const rows: readonly Row[] = [
    { name: 'one end is an accident', events: [ended(0)] },
    { name: 'two are too', events: [ended(0), ended(1_000)] },
    { name: 'three in more than a minute are too', events: [ended(0), ended(30_000), ended(60_000)] },
    { name: 'three in a minute start the search', events: three(), suspects: 'abcdefg', trial: 'abcd' },
    { name: 'a flow that is alone is it', events: three(['a']), culprit: 'a' },
    { name: 'without a flow it is none', events: three([]) },
    {
      name: 'it ends again: it is on trial',
      events: [...three(), ended(4_000)],
      suspects: 'abcd',
      trial: 'ab',
    },
    { name: 'it lives: it is one of the rest', events: [...three(), SURVIVED], suspects: 'efg', trial: 'ef' },
    {
      name: 'halving comes down to one',
      events: [...three(), SURVIVED, ended(9_000), ended(10_000)],
      culprit: 'e',
    },
    {
      name: 'the last one left has its trial as well',
      events: [...three(), SURVIVED, SURVIVED],
      suspects: 'g',
      trial: 'g',
    },
    { name: 'and is it when it ends', events: [...three(), SURVIVED, SURVIVED, ended(9_000)], culprit: 'g' },
    { name: 'when all live it was an accident', events: [...three(), SURVIVED, SURVIVED, SURVIVED] },
    {
      name: 'what a person starts meanwhile runs at once',
      events: [...three(), { kind: 'deployed', flow: 'g' }],
      suspects: 'abcdefg',
      trial: 'abcdg',
    },
    {
      name: 'what is deployed anew may be the cause as well',
      events: [...three(), { kind: 'deployed', flow: 'new' }, ended(4_000)],
      suspects: 'abcdnew',
      trial: 'abc',
    },
    {
      name: 'what a person stops is none any more',
      events: [...three(), { kind: 'stopped', flow: 'g' }, { kind: 'stopped', flow: 'a' }],
      suspects: 'bcdef',
      trial: 'bcd',
    },
    {
      name: 'the search goes on when all on trial are stopped',
      events: [...three(['a', 'b']), { kind: 'stopped', flow: 'a' }],
      suspects: 'b',
      trial: 'b',
    },
    { name: 'nothing else matters while it is calm', events: [SURVIVED, { kind: 'stopped', flow: 'a' }] },
  ];

  it.each(rows)('$name', ({ events, suspects, trial, culprit }) => {
    const [state, found] = after(...events);
    expect(found).toBe(culprit);
    const search = state.kind === 'searching' ? state : undefined;
    expect(search?.suspects.join('')).toBe(suspects);
    expect(search?.trial.join('')).toBe(trial);
  });

  it('lets all but those that wait for their trial run', () => {
    const flows = [...FLOWS, 'h'].map((id) => ({ id }));
    const ids = (state: Suspicion) =>
      allowedBy(state, flows)
        .map(({ id }) => id)
        .join('');
    expect(ids(CALM)).toBe('abcdefgh');
    expect(ids(after(...three())[0])).toBe('abcdh');
    expect(ids(after(...three(), SURVIVED)[0])).toBe('abcdefh');
  });

  it.each([
    [100, 2_000],
    [5_000, 10_000],
    [40_000, 30_000],
  ])('tries as long as it took, and longer: lived for %d ms, tried for %d ms', (lived, trialMs) => {
    const [state] = after(...[0, 1, 2].map((at) => ended(at, FLOWS, lived)));
    expect(state).toMatchObject({ kind: 'searching', trialMs });
  });

  it.each(FLOWS)('finds %s, whichever of them it is, with three more ends at most', (cause) => {
    let [state, culprit] = after(...three());
    let ends = 0;
    for (let step = 0; step < 20 && culprit === undefined && state.kind === 'searching'; step++) {
      const dies = state.trial.includes(cause);
      if (dies) ends += 1;
      [state, culprit] = suspect(state, dies ? ended(10_000) : SURVIVED);
    }
    expect([culprit, state]).toEqual([cause, CALM]);
    expect(ends).toBeLessThanOrEqual(3);
  });
});
