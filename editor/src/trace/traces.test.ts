import type { Trace, TraceStep } from '@sluice/shared/protocol/running.ts';
import type { ShownMessage } from '@sluice/shared/protocol/shown.ts';
import { describe, expect, it } from 'vitest';
import { createTraces, litBy, MOST_TRACES } from './traces.ts';
import { changesOf, formatShort, outcomeLook, traceLength } from './traceWords.ts';

const message = (payload: ShownMessage['payload'], topic = 't'): ShownMessage => ({
  id: 'm',
  time: 1,
  topic,
  payload,
  headers: {},
});
const step = (node: string, outcome: TraceStep['outcome'], outs: readonly string[] = []): TraceStep => ({
  node,
  port: 'in',
  at: 0.1,
  took: 0.2,
  in: [message(1)],
  out: outs.map((port) => ({ port, message: message(1) })),
  outcome,
});
const trace = (id: string, steps: readonly TraceStep[] = [], isDone = false): Trace => ({
  id,
  flow: 'f',
  startedAt: 1,
  topic: 't',
  isDone,
  end: '',
  steps: [...steps],
});

describe('traces of the open flow', () => {
  it('show the one that was waited for, and list those of others', () => {
    const traces = createTraces();
    traces.receive(trace('others'));
    expect(traces.getState()).toMatchObject({ shown: undefined, waiting: undefined });
    traces.wait({});
    traces.receive({ ...trace('sampled'), isSampled: true });
    traces.receive(trace('mine'));
    expect(traces.getState()).toMatchObject({ shown: 'mine', waiting: undefined });
    traces.receive(trace('later'));
    expect(traces.getState().list.map(({ id }) => id)).toEqual(['later', 'mine', 'sampled', 'others']);
    expect(traces.getState().shown).toBe('mine');
  });

  it('show the one of the device and source that was asked for, and no other', () => {
    const traces = createTraces();
    traces.wait({ device: 'f1', node: 'in' });
    traces.receive({ ...trace('oven', [step('in', 'sent')]), device: 'oven' });
    traces.receive({ ...trace('elsewhere', [step('http', 'sent')]), device: 'f1' });
    expect(traces.getState().shown).toBeUndefined();
    traces.receive({ ...trace('mine', [step('in', 'sent')]), device: 'f1' });
    expect(traces.getState()).toMatchObject({ shown: 'mine', waiting: undefined });
  });

  it('that nobody asked for give way first', () => {
    const traces = createTraces();
    traces.receive(trace('asked'));
    for (let at = 0; at < 30; at += 1) traces.receive({ ...trace(`s${at}`), isSampled: true });
    const ids = traces.getState().list.map(({ id }) => id);
    expect([ids.length, ids[0], ids.at(-1)]).toEqual([MOST_TRACES, 's29', 'asked']);
  });

  it('go on where they stand, and light up more of the canvas', () => {
    const traces = createTraces();
    traces.receive(trace('a', [step('in', 'passed', ['out'])]));
    traces.receive(trace('b'));
    traces.show('a');
    expect(traces.getState().lit?.nodes).toEqual(new Set(['in']));
    traces.receive(trace('a', [step('in', 'passed', ['out']), step('hot', 'nothing')], true));
    expect(traces.getState().list.map(({ id }) => id)).toEqual(['b', 'a']);
    expect(traces.getState().lit).toEqual({
      nodes: new Set(['in', 'hot']),
      outputs: new Set(['in.out']),
      ends: new Set(['hot']),
    });
    traces.show(undefined);
    expect(traces.getState().lit).toBeUndefined();
  });

  it('are at most as many as the server keeps; what it kept does not take them back', () => {
    const traces = createTraces();
    for (let at = 0; at < 25; at += 1) traces.receive(trace(String(at)));
    expect(traces.getState().list).toHaveLength(MOST_TRACES);
    const done = trace('24', [step('in', 'sent')], true);
    traces.receive(done);
    traces.load([trace('24', [step('in', 'waiting')]), trace('23')]);
    expect(traces.getState().list).toEqual([done, trace('23')]);
  });
});

describe('a trace in words', () => {
  it('lights up branches, and every place where one ended', () => {
    const lit = litBy(
      trace('a', [step('in', 'passed', ['out']), step('x', 'sent'), step('y', 'passed', ['true', 'error'])]),
    );
    expect([...lit.outputs]).toEqual(['in.out', 'y.true', 'y.error']);
    expect([...lit.ends]).toEqual(['x']);
  });

  it.each([
    [0, '0.00 ms'],
    [0.123, '0.12 ms'],
    [34.4, '34 ms'],
    [1_500, '1.5 s'],
    [180_000, '3 min'],
  ])('%d ms are %s', (ms, text) => {
    expect(formatShort(ms)).toBe(text);
  });

  it('says how each step ended, and how long the whole took', () => {
    expect(outcomeLook('absorbed').word).toBe('kept in state');
    expect(outcomeLook('dead-letter').status).toBe('danger');
    expect(traceLength(trace('a', [step('in', 'passed'), { ...step('x', 'sent'), at: 5, took: 2 }]))).toBe(7);
    expect(traceLength(trace('a'))).toBe(0);
  });

  it('compares a message before and after a node, value by value', () => {
    const lines = changesOf(message({ a: 1, b: [1], gone: true }), message({ a: 2, b: [1], c: 'x' }, 'u'));
    expect(lines.filter(({ kind }) => kind !== 'same')).toEqual([
      { path: 'payload.a', before: 1, after: 2, kind: 'changed' },
      { path: 'payload.gone', before: true, after: undefined, kind: 'removed' },
      { path: 'topic', before: 't', after: 'u', kind: 'changed' },
      { path: 'payload.c', before: undefined, after: 'x', kind: 'added' },
    ]);
    expect(changesOf(message(1), message(1)).every(({ kind }) => kind === 'same')).toBe(true);
    expect(changesOf(message(1), undefined).map(({ kind }) => kind)).toContain('removed');
  });
});
