import { SluiceError } from '@sluice/shared/errors.ts';
import { describe, expect, it } from 'vitest';
import { startNode } from '../testing.ts';
import { WORLD_START } from '../testingWorld.ts';
import { influxdbOutForm } from './form.ts';
import { lineOf } from './lineProtocol.ts';
import { influxdbOutRunner } from './run.ts';
import { influxdbOutNode } from './schema.ts';

const start = (config: object = {}) =>
  startNode({ definition: influxdbOutNode }, influxdbOutRunner, { connection: 'db', ...config });
const errors = (sent: ReturnType<typeof start>['sent']) =>
  sent.map(({ message }) => message.headers['error']);

describe('lines', () => {
  const line = (part: Partial<Parameters<typeof lineOf>[0]>) =>
    lineOf({ measurement: 'm', tags: [], fields: [['f', 1]], time: 5, ...part });

  it.each([
    [{}, 'm f=1 5'],
    [{ measurement: 'my, m=x' }, String.raw`my\,\ m=x f=1 5`],
    [{ tags: [['a b', 'x,y=z']] as const }, String.raw`m,a\ b=x\,y\=z f=1 5`],
    [{ tags: [['a', '']] as const }, 'm f=1 5'],
    [{ fields: [['s', 'say "hi" \\ there']] as const }, String.raw`m s="say \"hi\" \\ there" 5`],
    [
      {
        fields: [
          ['b', true],
          ['n', -0.5],
        ] as const,
      },
      'm b=true,n=-0.5 5',
    ],
    [{ fields: [['big', 1e21]] as const }, 'm big=1e+21 5'],
    [{ fields: [['s', 'two\nlines']] as const }, 'm s="two\nlines" 5'],
    [{ time: 5.4 }, 'm f=1 5'],
  ])('%j', (part, expected) => {
    expect(line(part)).toBe(expected);
  });

  it.each([
    { tags: [['a', 'x\ny']] as const },
    { tags: [['a', 'x\\']] as const },
    { measurement: 'm\n' },
    { fields: [['f', Number.NaN]] as const },
  ])('what the protocol cannot hold is refused: %j', (part) => {
    expect(() => line(part)).toThrow(/InfluxDB cannot store/);
  });
});

it('stores every value of the payload by device and time', async () => {
  const bench = start();
  await bench.receive([
    { device: 'd 1', payload: { t: 18.5, on: true, note: 'x', deep: { y: 1 }, none: null } },
    { payload: 5, time: 7 },
  ]);
  expect(bench.world.outside.lines).toEqual([
    String.raw`telemetry,device=d\ 1 t=18.5,on=true,note="x" ${WORLD_START}`,
    `telemetry value=5 ${WORLD_START + 7}`,
  ]);
});

it('stores what it is told under the names it is told', async () => {
  const bench = start({
    measurement: 'weather',
    fields: [
      { name: 'wind', value: 'payload.wind.speed' },
      { name: 'gust', value: 'payload.gust' },
    ],
    tags: [{ tag: 'site', text: { path: 'headers.site' } }],
  });
  await bench.receive([{ device: 'd', payload: { wind: { speed: 3 } }, headers: { site: 'roof' } }]);
  expect(bench.world.outside.lines).toEqual([`weather,device=d,site=roof wind=3 ${WORLD_START}`]);
});

it('[EN7] what cannot be stored fails alone, the others are stored', async () => {
  const bench = start({ fields: [{ name: 't', value: 'payload.t' }] });
  await bench.receive([{ payload: { t: [1] } }, { payload: { t: 1 } }, { payload: {} }]);
  expect(errors(bench.sent)).toEqual([
    'payload.t is a list. InfluxDB stores numbers, texts and truth values.',
    'The message has none of the fields payload.t.',
  ]);
  expect(bench.world.outside.lines).toHaveLength(1);
});

it.each([{}, [1], null, Uint8Array.of(1)])('[EN7] a payload %j holds nothing to store', async (payload) => {
  const bench = start();
  await bench.receive([{ payload }]);
  expect(errors(bench.sent)[0]).toMatch(/^payload is .* to store\.$/);
});

it('[EN7] a database that refuses fails each message once', async () => {
  const bench = start();
  bench.world.outside.failNextWrite(new Error('The bucket is full.'));
  await bench.receive([{ payload: 1 }, { payload: [] }, { payload: 2 }]);
  expect(errors(bench.sent)).toEqual([
    expect.stringContaining('payload is a list'),
    'The bucket is full.',
    'The bucket is full.',
  ]);
  const all = start();
  all.world.outside.failNextWrite(new Error('The bucket is full.'));
  await all.receive([{ payload: 1 }]);
  expect(errors(all.sent)).toEqual(['The bucket is full.']);
});

it('[EN8] what a database that is away did not take is to be tried again; what cannot be stored fails', async () => {
  const bench = start();
  bench.world.outside.failNextWrite(new SluiceError('target-away', 'InfluxDB is away.'));
  await bench.receive([{ payload: 1 }, { payload: [] }, { payload: 2 }]);
  expect(bench.later.map(({ message, sentence }) => [message.payload, sentence])).toEqual([
    [1, 'InfluxDB is away.'],
    [2, 'InfluxDB is away.'],
  ]);
  expect(errors(bench.sent)).toEqual([expect.stringContaining('payload is a list')]);
});

describe('[EN8] points that the database refuses', () => {
  /** A database that refuses a write with one of these values in it, and counts the writes. */
  function refusing(bench: ReturnType<typeof start>, ...values: readonly number[]) {
    const stored: string[] = [];
    const writes: number[] = [];
    Object.assign(bench.world.outside.connections.influxdb, {
      write: async (lines: readonly string[]) => {
        writes.push(lines.length);
        if (lines.some((line) => values.some((value) => line.includes(`value=${value} `))))
          throw new SluiceError('invalid-input', 'The field has another type.');
        stored.push(...lines);
      },
    });
    return { stored, writes };
  }

  it('fail alone, the others get through', async () => {
    const bench = start();
    const { stored, writes } = refusing(bench, 77, 300);
    await bench.receive(Array.from({ length: 500 }, (_, payload) => ({ payload })));
    expect(bench.sent.map(({ port, message }) => [port, message.payload])).toEqual([
      ['error', 77],
      ['error', 300],
    ]);
    expect(errors(bench.sent)).toEqual(Array(2).fill('The field has another type.'));
    expect(new Set(stored).size).toBe(498);
    expect(writes.length).toBeLessThan(45);
    expect(bench.later).toEqual([]);
  });

  it('are at most two writes each, when all are refused', async () => {
    const bench = start();
    const { writes } = refusing(bench, ...Array(64).keys());
    await bench.receive(Array.from({ length: 64 }, (_, payload) => ({ payload })));
    expect(bench.sent).toHaveLength(64);
    expect(writes.length).toBe(127);
  });
});

it('says what is wrong with its settings, and reads as a sentence', () => {
  const parse = (config: object) => influxdbOutNode.config.parse({ connection: 'db', ...config });
  const field = (name: string) => ({ name, value: 'payload.x' });
  expect(influxdbOutNode.problems?.(parse({ fields: [field('a'), field('a')] }))).toMatchObject([
    { field: 'fields' },
  ]);
  expect(influxdbOutNode.problems?.(parse({ tags: [{ tag: 'device', text: 'x' }] }))).toMatchObject([
    { field: 'tags' },
  ]);
  expect(influxdbOutForm.sentence(parse({}))).toBe('all values into telemetry');
  expect(influxdbOutForm.sentence(parse({ fields: [field('a'), field('b')] }))).toBe('a, b into telemetry');
});
