import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rule } from './decide.ts';
import { decide } from './decide.ts';
import { combineNode } from './schema.ts';
import { combineRunner } from './run.ts';
import type { Bench } from '../testing.ts';
import { startNode } from '../testing.ts';
import type { World } from '../testingWorld.ts';
import { createWorld } from '../testingWorld.ts';

const start = (config: object, world?: World) =>
  startNode({ definition: combineNode }, combineRunner, config, world);
const said = (bench: Bench) => bench.take().map(({ port, message }) => `${port} ${message.device}`);
const VALUE = { value: 'payload' };

/** Tells a condition of a device. */
const tell = (bench: Bench, input: string, holds: unknown, device = 'd') =>
  bench.receive([{ device, payload: holds }], input);

describe('decide', () => {
  const plainly: Record<Rule, (values: readonly boolean[], n: number) => boolean> = {
    all: (values) => values.every(Boolean),
    any: (values) => values.some(Boolean),
    none: (values) => !values.some(Boolean),
    atLeast: (values, n) => values.filter(Boolean).length >= n,
  };

  it('says what all ways to fill in the unknown agree on, and nothing where they do not', () => {
    const rules = fc.constantFrom<Rule>('all', 'any', 'none', 'atLeast');
    const values = fc.array(fc.constantFrom(true, false, undefined), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(rules, values, fc.integer({ min: 1, max: 9 }), (rule, known, n) => {
        const unknown = known.filter((value) => value === undefined).length;
        const settled = known.filter((value) => value !== undefined);
        const ends = Array.from({ length: unknown + 1 }, (_, holding) =>
          plainly[rule]([...settled, ...Array.from({ length: unknown }, (__, at) => at < holding)], n),
        );
        const expected = ends.every((end) => end === ends[0]) ? ends[0] : undefined;
        const holding = known.filter((value) => value === true).length;
        const failing = known.filter((value) => value === false).length;
        expect(decide(rule, n, { holding, failing, total: known.length })).toBe(expected);
      }),
    );
  });
});

describe('conditions', () => {
  it('all: by device, on changes only', async () => {
    const bench = start({ conditions: [VALUE, VALUE] });
    await tell(bench, 'a', true);
    await tell(bench, 'b', true, 'other');
    expect(said(bench)).toEqual([]);
    await tell(bench, 'b', true);
    await tell(bench, 'b', true);
    await tell(bench, 'a', false);
    await tell(bench, 'b', false);
    expect(said(bench)).toEqual(['true d', 'false d']);
  });

  it('none: true when every condition is known not to hold', async () => {
    const bench = start({ rule: 'none', conditions: [VALUE, VALUE] });
    await tell(bench, 'a', false);
    expect(said(bench)).toEqual([]);
    await tell(bench, 'b', false);
    await tell(bench, 'b', true);
    expect(said(bench)).toEqual(['true d', 'false d']);
  });

  it('together: conditions of different devices', async () => {
    const bench = start({ scope: 'together', conditions: [VALUE, VALUE] });
    await tell(bench, 'a', true, 'door');
    await tell(bench, 'b', true, 'fan');
    expect(said(bench)).toEqual(['true fan']);
  });

  it('takes the words of Threshold and Watchdog', async () => {
    const bench = start({ rule: 'any', conditions: [VALUE] });
    for (const word of ['raised', 'cleared', 'silent', 'back']) await tell(bench, 'a', word);
    expect(said(bench)).toEqual(['true d', 'false d', 'true d', 'false d']);
  });

  it('[EN7] what is neither true nor false is an error and changes nothing', async () => {
    const bench = start({ rule: 'any', conditions: [VALUE] });
    await tell(bench, 'a', true);
    for (const odd of ['true', 1, 0, null, undefined, {}]) await tell(bench, 'a', odd);
    await tell(bench, 'a', true);
    expect(bench.take().map(({ port }) => port)).toEqual([
      'true',
      ...Array.from({ length: 6 }, () => 'error'),
    ]);
  });

  it('[EN7] an input without a condition is an error', async () => {
    const bench = start({ conditions: [VALUE, VALUE] });
    await tell(bench, 'c', true);
    expect(bench.take()[0]?.message.headers['error']).toBe(
      'Input c is not used. The conditions are a, b; add one.',
    );
  });

  it('[EN9] remembers over a restart, and says nothing twice', async () => {
    const world = createWorld();
    await tell(start({ conditions: [VALUE, VALUE] }, world), 'a', true);
    const second = start({ conditions: [VALUE, VALUE] }, world);
    await tell(second, 'b', true);
    expect(said(second)).toEqual(['true d']);
    const third = start({ conditions: [VALUE, VALUE] }, world);
    await tell(third, 'b', true);
    expect(said(third)).toEqual([]);
  });
});

describe('devices', () => {
  const config = { rule: 'atLeast', atLeast: 2, scope: 'devices', conditions: [VALUE, VALUE] };

  it('counts those that meet all of their conditions', async () => {
    const bench = start(config);
    for (const device of ['p1', 'p2', 'p3']) {
      await tell(bench, 'a', true, device);
      await tell(bench, 'b', device !== 'p2', device);
    }
    expect(said(bench)).toEqual(['false p1', 'true p3']);
    await tell(bench, 'a', false, 'p1');
    expect(said(bench)).toEqual(['false p1']);
  });

  it('[EN9] does not count devices that have been forgotten', async () => {
    const world = createWorld();
    const bench = start({ ...config, conditions: [VALUE] }, world);
    await tell(bench, 'a', true, 'gone');
    expect(said(bench)).toEqual(['false gone']);
    world.state.delete('gone');
    await tell(bench, 'a', true, 'p1');
    expect(said(bench)).toEqual([]);
    await tell(bench, 'a', true, 'p2');
    expect(said(bench)).toEqual(['true p2']);
  });

  it('[EN9] counts on after a restart', async () => {
    const world = createWorld();
    const first = start({ ...config, conditions: [VALUE] }, world);
    await tell(first, 'a', true, 'p1');
    const second = start({ ...config, conditions: [VALUE] }, world);
    await tell(second, 'a', true, 'p2');
    expect(second.take().map(({ port, message }) => [port, message.headers['devices']])).toEqual([
      ['true', 2],
    ]);
  });

  it('says the same as counting all devices anew, whatever comes', async () => {
    const event = fc.record({ device: fc.constantFrom('p1', 'p2', 'p3'), holds: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 30 }), async (events) => {
        const bench = start({ ...config, conditions: [VALUE] });
        const holds = new Map<string, boolean>();
        const expected: boolean[] = [];
        for (const { device, holds: value } of events) {
          await tell(bench, 'a', value, device);
          holds.set(device, value);
          const now = [...holds.values()].filter(Boolean).length >= 2;
          if (now !== expected.at(-1)) expected.push(now);
        }
        expect(bench.take().map(({ port }) => port === 'true')).toEqual(expected);
      }),
    );
  });

  it('[EN7] needs a device', async () => {
    const bench = start(config);
    await bench.receive([{ payload: true }], 'a');
    expect(bench.take()[0]?.message.headers['error']).toContain('no device');
  });
});

it('says what is wrong with its settings', () => {
  const problems = (settings: object) => combineNode.problems?.(combineNode.config.parse(settings)) ?? [];
  expect(problems({ conditions: [] })).toMatchObject([{ field: 'conditions' }]);
  expect(problems({ rule: 'atLeast', atLeast: 3 })).toMatchObject([{ field: 'atLeast' }]);
  expect(problems({ rule: 'atLeast', atLeast: 3, scope: 'devices' })).toEqual([]);
});
