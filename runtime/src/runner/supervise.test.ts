import { describe, expect, it } from 'vitest';
import type { Supervision, SupervisionEvent } from './supervise.ts';
import { HEALTHY_AFTER_MS, restartWaitMs, supervise } from './supervise.ts';

interface Row {
  readonly when: Supervision;
  readonly event: SupervisionEvent;
  readonly next: Supervision;
  readonly effects: readonly string[];
}

const rows: readonly Row[] = [
  {
    when: { kind: 'idle' },
    event: { kind: 'needed' },
    next: { kind: 'starting', failures: 0 },
    effects: ['launch'],
  },
  {
    when: { kind: 'starting', failures: 2 },
    event: { kind: 'ready', now: 7 },
    next: { kind: 'ready', failures: 2, since: 7 },
    effects: [],
  },
  {
    when: { kind: 'starting', failures: 2 },
    event: { kind: 'ended', now: 7 },
    next: { kind: 'waiting', failures: 3 },
    effects: ['wait 400'],
  },
  {
    when: { kind: 'ready', failures: 3, since: 0 },
    event: { kind: 'ended', now: HEALTHY_AFTER_MS - 1 },
    next: { kind: 'waiting', failures: 4 },
    effects: ['wait 800'],
  },
  {
    when: { kind: 'ready', failures: 3, since: 0 },
    event: { kind: 'ended', now: HEALTHY_AFTER_MS },
    next: { kind: 'waiting', failures: 1 },
    effects: ['wait 100'],
  },
  {
    when: { kind: 'waiting', failures: 4 },
    event: { kind: 'waited' },
    next: { kind: 'starting', failures: 4 },
    effects: ['launch'],
  },
  {
    when: { kind: 'waiting', failures: 4 },
    event: { kind: 'needed' },
    next: { kind: 'waiting', failures: 4 },
    effects: [],
  },
  {
    when: { kind: 'waiting', failures: 4 },
    event: { kind: 'unneeded' },
    next: { kind: 'idle' },
    effects: [],
  },
  { when: { kind: 'idle' }, event: { kind: 'waited' }, next: { kind: 'idle' }, effects: [] },
  {
    when: { kind: 'ready', failures: 0, since: 0 },
    event: { kind: 'unneeded' },
    next: { kind: 'ending', isNeededAgain: false },
    effects: ['shutdown'],
  },
  {
    when: { kind: 'ending', isNeededAgain: false },
    event: { kind: 'needed' },
    next: { kind: 'ending', isNeededAgain: true },
    effects: [],
  },
  {
    when: { kind: 'ending', isNeededAgain: false },
    event: { kind: 'ended', now: 9 },
    next: { kind: 'idle' },
    effects: [],
  },
  {
    when: { kind: 'ending', isNeededAgain: true },
    event: { kind: 'ended', now: 9 },
    next: { kind: 'starting', failures: 0 },
    effects: ['launch'],
  },
  {
    when: { kind: 'ready', failures: 0, since: 0 },
    event: { kind: 'close' },
    next: { kind: 'closed' },
    effects: ['shutdown'],
  },
  {
    when: { kind: 'closed' },
    event: { kind: 'ended', now: 1 },
    next: { kind: 'closed' },
    effects: [],
  },
  { when: { kind: 'closed' }, event: { kind: 'needed' }, next: { kind: 'closed' }, effects: [] },
];

describe('[EN13] a runner that dies is started again', () => {
  for (const row of rows) {
    it(`${row.when.kind} + ${row.event.kind} → ${row.next.kind}`, () => {
      const [state, effects] = supervise(row.when, row.event);
      expect(state).toEqual(row.next);
      expect(effects.map((effect) => (effect.kind === 'wait' ? `wait ${effect.ms}` : effect.kind))).toEqual(
        row.effects,
      );
    });
  }

  it('waits twice as long each time, and never more than 5 s', () => {
    expect([1, 2, 3, 6, 7, 40].map(restartWaitMs)).toEqual([100, 200, 400, 3_200, 5_000, 5_000]);
  });

  it('keeps no plant waiting for more than 5 s when it is killed fifty times in a row', () => {
    let state: Supervision = { kind: 'ready', failures: 0, since: 0 };
    const waits: number[] = [];
    for (let kill = 1; kill <= 50; kill++) {
      for (const event of [
        { kind: 'ended', now: kill },
        { kind: 'waited' },
        { kind: 'ready', now: kill },
      ] as const) {
        const [next, effects] = supervise(state, event);
        state = next;
        for (const effect of effects) if (effect.kind === 'wait') waits.push(effect.ms);
      }
    }
    expect(waits).toHaveLength(50);
    expect(Math.max(...waits)).toBe(5_000);
  });

  it('starts at once again after it has lived for 10 s, however often it had ended before', () => {
    const [, effects] = supervise({ kind: 'ready', failures: 40, since: 0 }, { kind: 'ended', now: 10_000 });
    expect(effects).toEqual([{ kind: 'wait', ms: 100 }]);
  });
});
