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

  it('waits twice as long each time, and never more than 30 s', () => {
    expect([1, 2, 3, 9, 10, 40].map(restartWaitMs)).toEqual([100, 200, 400, 25_600, 30_000, 30_000]);
  });
});
