import { describe, expect, it } from 'vitest';
import type { FlowTotals, NodeCounters } from '../../engine/runningFlow.ts';
import { countOf, NO_FLOW, withCounters, withoutProcess } from './flowCounts.ts';
import { grown, NOTHING_YET, startedAnew, totalOf } from './growth.ts';
import {
  NO_PROCESSES,
  processTotals,
  shownDelay,
  shownProcesses,
  withoutRunner,
  withRunner,
  withUse,
} from './processCounts.ts';
import type { Reading } from './readings.ts';
import { perSecond, withReading } from './readings.ts';

describe('[EN13] a count that begins anew with each start', () => {
  it.each([
    ['goes on', [1, 4, 9], 9],
    ['is added to when it begins anew', [5, 8, 2, 3], 11],
    ['is added to each time', [5, 1, 4, 1], 10],
    ['stays while nothing comes', [7, 7, 7], 7],
    ['begins anew at nothing', [7, 0, 0, 2], 9],
  ])('%s', (_name, seen, total) => {
    expect(totalOf(seen.reduce(grown, NOTHING_YET))).toBe(total);
  });

  it('is past the old one at once after a start that is known of, and is not taken for its continuation', () => {
    expect(totalOf(grown(startedAnew(grown(NOTHING_YET, 5)), 9))).toBe(14);
  });
});

describe('[EN14] a rate over the last 10 s', () => {
  const every = (ms: number, count: number, step: number): Reading[] =>
    Array.from({ length: count }, (_, index) => ({ at: index * ms, total: index * step }));
  const all = (readings: readonly Reading[]): readonly Reading[] =>
    readings.reduce<readonly Reading[]>(withReading, []);

  it.each([
    ['nothing is known', [], 0, 0],
    ['one reading tells none', [{ at: 0, total: 50 }], 0, 0],
    ['all that is known counts at first', every(5_000, 2, 100), 5_000, 20],
    ['every 5 s', every(5_000, 20, 100), 95_000, 20],
    ['every 250 ms', every(250, 400, 25), 99_750, 100],
    ['nothing is told any more', every(5_000, 3, 100), 26_000, 0],
    [
      'what was counted is less',
      [
        { at: 0, total: 9 },
        { at: 5_000, total: 2 },
      ],
      5_000,
      0,
    ],
  ])('%s', (_name, readings, now, rate) => {
    expect(perSecond(all(readings), now)).toBeCloseTo(rate, 6);
  });

  it('forgets a burst when it is 10 s past', () => {
    const burst = [
      { at: 0, total: 0 },
      { at: 1_000, total: 1_000 },
    ];
    const quiet = Array.from({ length: 13 }, (_, index) => ({ at: 2_000 + index * 1_000, total: 1_000 }));
    expect(perSecond(all([...burst, ...quiet.slice(0, 7)]), 8_000)).toBe(125);
    expect(perSecond(all([...burst, ...quiet]), 14_000)).toBe(0);
  });

  it('keeps few readings, however often they come', () => {
    expect(all(every(250, 4_000, 1)).length).toBeLessThanOrEqual(16);
  });
});

const NODE: NodeCounters = {
  in: 10,
  out: 8,
  errors: 2,
  deadLetters: 1,
  waiting: 3,
  evicted: 4,
  retries: 5,
  busyMs: 50,
};
const TOTALS: FlowTotals = { batches: 4, messages: 10, underWay: 2, oldestMs: 700, memory: 5_000 };
const OUTBOX = {
  flow: 'a',
  node: 'n',
  name: 'Out',
  state: 'away',
  sentence: 'It is away.',
  waiting: 7,
  bytes: 700,
  maxBytes: 1_000,
  dropped: 6,
} as const;

describe('[EN13] the counts of a flow', () => {
  const told = { nodes: { n: NODE }, totals: TOTALS, outboxes: [OUTBOX] };

  it('stay over an end of the process, and what was the case is not any more', () => {
    const before = withCounters(NO_FLOW, told, 1_000);
    const away = countOf(withoutProcess(before));
    expect(away.nodes.get('n')).toEqual({ ...NODE, waiting: 0 });
    expect(away).toMatchObject({ messages: 10, batches: 4, now: { underWay: 0, oldestMs: 0, memory: 0 } });
    const back = countOf(withCounters(withoutProcess(before), told, 6_000));
    expect(back.nodes.get('n')).toEqual({
      in: 20,
      out: 16,
      errors: 4,
      deadLetters: 2,
      evicted: 8,
      retries: 10,
      busyMs: 100,
      waiting: 3,
    });
    expect(back).toMatchObject({
      messages: 20,
      batches: 8,
      now: { underWay: 2, oldestMs: 700, memory: 5_000, userCodeMemory: 0 },
      outboxes: [{ dropped: 12, waiting: 7 }],
    });
  });

  it('have the processor time and the memory of its user code, over an end of the process too', () => {
    const userCode = { cpuMs: 300, memory: 90 };
    const before = withCounters(NO_FLOW, { ...told, userCode }, 0);
    expect(countOf(before)).toMatchObject({ userCodeMs: 300, now: { memory: 5_090, userCodeMemory: 90 } });
    expect(countOf(before).readings.busyMs.at(-1)?.total).toBe(350);
    const away = withoutProcess(before);
    expect(countOf(away)).toMatchObject({ userCodeMs: 300, now: { memory: 0, userCodeMemory: 0 } });
    const back = countOf(withCounters(away, { ...told, userCode: { ...userCode, cpuMs: 40 } }, 6_000));
    expect(back.userCodeMs).toBe(340);
    expect(back.readings.busyMs.at(-1)?.total).toBe(440);
  });

  it('never shrink when one node begins anew and the others go on', () => {
    const both = withCounters(NO_FLOW, { ...told, nodes: { n: NODE, m: NODE } }, 0);
    const swapped = withCounters(both, { ...told, nodes: { n: NODE, m: { ...NODE, in: 1 } } }, 250);
    expect(countOf(swapped).nodes.get('n')?.in).toBe(10);
    expect(countOf(swapped).nodes.get('m')?.in).toBe(11);
  });

  it('leave out nodes that the flow does not have any more', () => {
    const before = withCounters(NO_FLOW, { ...told, nodes: { n: NODE, gone: NODE } }, 0);
    expect([...countOf(withCounters(before, told, 250)).nodes.keys()]).toEqual(['n']);
  });

  it('give a rate that no restart makes negative', () => {
    const at = [0, 5_000, 10_000].reduce((flow, time, index) => {
      const messages = [100, 200, 50][index] ?? 0;
      return withCounters(flow, { ...told, totals: { ...TOTALS, messages } }, time);
    }, NO_FLOW);
    expect(perSecond(countOf(at).readings.messages, 10_000)).toBe(15);
  });
});

describe('[EN13] processes', () => {
  const figures = (cpuMs: number, max: number) => ({
    runner: { cpuMs, memory: 900 },
    sandbox: { cpuMs: cpuMs / 2, memory: 400, restarts: 3 },
    loopDelay: { mean: max / 2, p99: max, max },
    isDiskInTrouble: max > 50,
  });

  it('show their share of a core, also over a restart', () => {
    const first = withRunner(NO_PROCESSES, figures(1_000, 10), 0, 0);
    const second = withRunner(first, figures(3_500, 60), 0, 5_000);
    expect(shownProcesses(second, 5_000)).toEqual([
      { role: 'runner', cpu: 0.5, memory: 900, restarts: 0 },
      { role: 'sandbox', cpu: 0.25, memory: 400, restarts: 3 },
    ]);
    const ended = withoutRunner(second);
    expect(shownProcesses(ended, 6_000)[0]).toMatchObject({ memory: 0 });
    const third = withRunner(ended, figures(500, 10), 1, 10_000);
    expect(shownProcesses(third, 10_000)[0]).toEqual({ role: 'runner', cpu: 0.3, memory: 900, restarts: 1 });
    expect(processTotals(third)[0]).toMatchObject({ role: 'runner', cpuSeconds: 4 });
  });

  it('show the delay of the loop over the last two times that it was told', () => {
    const counts = [80, 20, 40].reduce(
      (before, max, index) => withRunner(before, figures(0, max), 0, index),
      NO_PROCESSES,
    );
    expect(shownDelay(counts)).toEqual({ mean: 15, p99: 40, max: 40 });
    expect(shownDelay(NO_PROCESSES)).toEqual({ mean: 0, p99: 0, max: 0 });
    expect(counts.isDiskInTrouble).toBe(false);
  });

  it('leave the server alone when the runner ends', () => {
    const server = withUse(NO_PROCESSES, 'server', { cpuMs: 5, memory: 77 }, 0, 0);
    expect(shownProcesses(withoutRunner(server), 0)).toEqual([
      { role: 'server', cpu: 0, memory: 77, restarts: 0 },
    ]);
  });
});
