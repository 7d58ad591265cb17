import type { Figures, FlowFigures, NodeFigures } from '@sluice/shared/protocol/running.ts';
import { describe, expect, it } from 'vitest';
import { flowKey, historyPoints, NO_HISTORY, processKey, rowsOf, withFigures } from './figuresHistory.ts';
import { formatCore, formatPerSecond, formatTook } from './figureWords.ts';
import { isOfNote } from './OutboxList.tsx';

const NODE: NodeFigures = {
  node: 'n',
  name: 'N',
  type: 'debug',
  in: 10,
  out: 9,
  errors: 2,
  deadLetters: 1,
  waiting: 3,
  evicted: 0,
  retries: 0,
  busyMs: 5,
};
const flow = (id: string, more: Partial<FlowFigures> = {}): FlowFigures => ({
  flow: id,
  name: id,
  version: 1,
  state: 'running',
  rate: 0,
  cpu: 0,
  memory: 0,
  underWay: 0,
  oldestMs: 0,
  batches: 0,
  messages: 0,
  nodes: [],
  ...more,
});
const figures = (at: number, cpu: number, flows: readonly FlowFigures[] = []): Figures => ({
  at,
  flows: [...flows],
  processes: [{ role: 'runner', cpu, memory: 100, restarts: 0 }],
  loopDelay: { mean: 0, p99: 0, max: 0 },
  lag: [],
});

describe('the history of figures', () => {
  it('grows with each answer, and not with one that was seen before', () => {
    const one = withFigures(NO_HISTORY, figures(5_000, 0.1));
    const two = withFigures(one, figures(10_000, 0.2));
    expect(two.values.get(processKey('runner', 'cpu'))).toEqual([0.1, 0.2]);
    expect(withFigures(two, figures(10_000, 0.9))).toBe(two);
  });

  it('keeps five minutes, begins anew after a break, and forgets flows that are gone', () => {
    let history = withFigures(NO_HISTORY, figures(0.5, 9, [flow('gone')]));
    for (let step = 1; step <= 100; step++) history = withFigures(history, figures(step * 5_000, step));
    const cpu = history.values.get(processKey('runner', 'cpu'));
    expect([cpu?.length, cpu?.at(-1)]).toEqual([60, 100]);
    expect(history.values.has(flowKey('gone', 'cpu'))).toBe(false);
    const later = withFigures(history, figures(600_000, 7));
    expect(later.values.get(processKey('runner', 'cpu'))).toEqual([7]);
  });

  it('is drawn from nothing at the foot, the newest at the right', () => {
    expect(historyPoints([1], 59, 10)).toBe('');
    expect(historyPoints([5, 10], 59, 10)).toBe('58.0,5.0 59.0,0.0');
    expect(historyPoints([0, 0], 59, 10)).toBe('58.0,10.0 59.0,10.0');
  });
});

describe('the table of flows', () => {
  const flows = [
    flow('b', { cpu: 0.1, nodes: [NODE, NODE] }),
    flow('c', { cpu: 0.5 }),
    flow('a', { cpu: 0.1, rate: 7 }),
  ];

  it('adds up the nodes', () => {
    expect(rowsOf(flows, 'name')[1]).toMatchObject({ flow: 'b', waiting: 6, errors: 4, failed: 2 });
  });

  it.each([
    ['cpu', 'c,a,b'],
    ['name', 'a,b,c'],
    ['rate', 'a,b,c'],
    ['failed', 'b,a,c'],
  ] as const)('sorts by %s, and by name where two are alike', (sort, order) => {
    expect(
      rowsOf(flows, sort)
        .map((row) => row.flow)
        .join(','),
    ).toBe(order);
  });
});

describe('figures in words', () => {
  it.each([
    [formatCore(0), '0 %'],
    [formatCore(0.0004), '< 0.1 %'],
    [formatCore(0.0042), '0.4 %'],
    [formatCore(0.371), '37 %'],
    [formatCore(1.4), '140 %'],
    [formatPerSecond(0.25), '0.3 /s'],
    [formatPerSecond(2_500.4), '2,500 /s'],
    [formatTook(0.42), '0.4 ms'],
    [formatTook(35.4), '35 ms'],
    [formatTook(2_540), '2.5 s'],
    [formatTook(180_000), '3 min'],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected);
  });
});

describe('[EN8] what waits for targets', () => {
  const box = {
    flow: 'f',
    node: 'n',
    name: 'Out',
    sentence: '',
    bytes: 0,
    maxBytes: 9,
    waiting: 0,
    dropped: 0,
  };
  it.each([
    [{ ...box, state: 'sending' }, false],
    [{ ...box, state: 'sending', waiting: 1 }, true],
    [{ ...box, state: 'away' }, true],
    [{ ...box, state: 'sending', dropped: 2 }, true],
  ] as const)('is shown when somebody should look at it (%#)', (outbox, shown) => {
    expect(isOfNote(outbox)).toBe(shown);
  });
});
