import { catalog } from '@sluice/nodes/catalog.ts';
import { debugNode } from '@sluice/nodes/debug/schema.ts';
import { runners } from '@sluice/nodes/runners.ts';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import { flowSchema } from '@sluice/shared/flow/flow.ts';
import type { Json } from '@sluice/shared/message/message.ts';
import type { DryInput, DryRun } from '@sluice/shared/protocol/running.ts';
import { dryInputSchema, dryRunSchema } from '@sluice/shared/protocol/running.ts';
import { implementStep } from '@sluice/shared/node/implementNode.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../sandbox/createSandbox.ts';
import { MOST_EFFECTS, MOST_STEPS } from './dryReport.ts';
import type { DryRequest } from './dryRun.ts';
import { dryRun } from './dryRun.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());

const NOON = Date.UTC(2026, 4, 1, 12);
const MINUTE = 60_000;

type Drawn = [id: string, type: string, config: Record<string, Json>];

/** Nodes in a row, wired from the port that stands between them. */
function flowOf(nodes: Drawn[], wires: [from: string, to: string][]): Flow {
  return flowSchema.parse({
    format: 1,
    id: 'f',
    name: 'F',
    nodes: nodes.map(([id, type, config]) => ({ id, type, position: { x: 0, y: 0 }, config })),
    wires: wires.map(([from, to]) => ({ from: from.split('.'), to: [to, 'in'] })),
  });
}

const IN: Drawn = ['in', 'mqtt-in', { connection: 'plant', topic: 'devices/+/telemetry' }];
const OUT: Drawn = ['out', 'mqtt-out', { connection: 'plant', qos: 1 }];
const FREEZER = flowOf(
  [
    IN,
    ['warm', 'threshold', { value: 'payload.t', limit: -15, mode: 'change', raiseAfter: '10m' }],
    ['topic', 'change', { set: [{ path: 'topic', to: { template: 'alerts/{{device}}' } }] }],
    OUT,
  ],
  [
    ['in.out', 'warm'],
    ['warm.raised', 'topic'],
    ['topic.out', 'out'],
  ],
);

const input = (payload: Json, more: Partial<DryInput> = {}): DryInput =>
  dryInputSchema.parse({ node: 'in', time: NOON, device: 'f1', payload, ...more });

async function run(flow: Flow, inputs: DryInput[], more: Partial<DryRequest> = {}): Promise<DryRun> {
  let watch = 0;
  const request = { flow, inputs, until: undefined, runForMs: 0, ...more };
  const stopwatch = () => (watch += 5);
  return dryRunSchema.parse(await dryRun(request, { catalog, implementations: runners, sandbox, stopwatch }));
}

describe('[EN11] a dry run goes by the clock of the data', () => {
  it('timers run out by the times of the messages, at full speed', async () => {
    const result = await run(FREEZER, [input({ t: -3 })], { runForMs: 10 * MINUTE });
    expect(result.effects).toMatchObject([
      { node: 'out', at: NOON + 10 * MINUTE, what: 'publish 8 bytes to alerts/f1, QoS 1' },
    ]);
    expect(result).toMatchObject({ coveredMs: 10 * MINUTE, tookMs: 5, isCut: false, problems: [] });
  });

  it('a minute too little, and the alert is not there', async () => {
    expect((await run(FREEZER, [input({ t: -3 })], { runForMs: 9 * MINUTE })).effects).toEqual([]);
  });

  it('inputs run in order of their time, whatever order they are sent in', async () => {
    const cold = input({ t: -20 }, { time: NOON + 5 * MINUTE });
    const later = input({ t: -20 }, { time: NOON + 20 * MINUTE });
    const result = await run(FREEZER, [later, cold, input({ t: -3 })]);
    expect(result.effects).toEqual([]);
    expect(result.steps.map(({ at }) => (at - NOON) / MINUTE)).toEqual([0, 5, 20]);
  });

  it('state begins empty each time', async () => {
    await run(FREEZER, [input({ t: -3 })], { runForMs: 9 * MINUTE });
    expect((await run(FREEZER, [input({ t: -3 })], { runForMs: 9 * MINUTE })).effects).toEqual([]);
  });
});

describe('[EN15] a dry run tells what would be done, and does none of it', () => {
  it('each step has what came in beside what went out; a timer has no message that came in', async () => {
    const { steps, counts } = await run(FREEZER, [input({ t: -3 })], { runForMs: 10 * MINUTE });
    expect(
      steps.map(({ node, in: came, out }) => [node, came?.payload, out.map(({ port }) => port)]),
    ).toEqual([
      ['warm', { t: -3 }, []],
      ['warm', undefined, ['raised']],
      ['topic', { t: -3 }, ['out']],
      ['out', { t: -3 }, []],
    ]);
    expect(counts).toMatchObject({ warm: { in: 1, out: 1, errors: 0 }, out: { in: 1, out: 0, errors: 0 } });
  });

  it('every kind of outside is told of in words', async () => {
    const flow = flowOf(
      [
        IN,
        ['alarm', 'alarm', { text: { template: '{{device}} is warm' }, severity: 'major' }],
        ['hook', 'notify', { channel: 'webhook', url: 'http://127.0.0.1:9/hook', text: 'warm' }],
        [
          'mail',
          'notify',
          { channel: 'email', connection: 'post', to: 'a@example.org', subject: 'Warm', text: 'x' },
        ],
        ['influx', 'influxdb-out', { connection: 'tsdb', measurement: 'freezers' }],
        ['kept', 'mqtt-out', { connection: 'plant', topic: 'last/f1', qos: 0, retain: true }],
        ['show', 'debug', { label: 'Seen' }],
      ],
      [
        ['in.out', 'alarm'],
        ['alarm.out', 'hook'],
        ['hook.out', 'mail'],
        ['in.out', 'influx'],
        ['in.out', 'kept'],
        ['in.out', 'show'],
      ],
    );
    const { effects, problems } = await run(flow, [input({ t: -3 })]);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(Object.fromEntries(effects.map(({ node, what }) => [node, what]))).toEqual({
      alarm: 'raise the alarm “f1 is warm” (major) for f1',
      hook: expect.stringMatching(/^call POST http:\/\/127\.0\.0\.1:9\/hook with \d+ bytes$/),
      mail: 'send an e-mail to a@example.org: “Warm”',
      influx: expect.stringContaining('write to InfluxDB: freezers'),
      kept: 'publish 8 bytes to last/f1, QoS 0, to be retained',
      show: 'show it in the messages as “Seen”',
    });
  });

  it('nobody answers a request, so the message stops there, and the error path does not run', async () => {
    const flow = flowOf(
      [IN, ['ask', 'http-request', { url: 'http://127.0.0.1:9/x' }], OUT, ['sorry', 'debug', {}]],
      [
        ['in.out', 'ask'],
        ['ask.out', 'out'],
        ['ask.error', 'sorry'],
      ],
    );
    const { effects, steps, counts } = await run(flow, [input(1)]);
    expect(effects.map(({ what }) => what)).toEqual([
      'call GET http://127.0.0.1:9/x; nobody answers in a test, so the message stops here. To go on, add a sample that comes out of this node',
    ]);
    expect(steps.map(({ node, error }) => [node, error])).toEqual([['ask', undefined]]);
    expect(counts['ask']).toEqual({ in: 1, out: 0, errors: 0 });
    // A message that comes out of the node stands for the answer.
    const answered = await run(flow, [input({ ok: 1 }, { node: 'ask', port: 'out', topic: 'x' })]);
    expect(answered.effects.map(({ what }) => what)).toEqual(['publish 8 bytes to x, QoS 1']);
  });

  it('sources do not start', async () => {
    const flow = flowOf(
      [
        ['tick', 'inject', { when: 'interval', every: '1s', atStart: true }],
        ['show', 'debug', {}],
      ],
      [['tick.out', 'show']],
    );
    const { steps } = await run(flow, [input(1, { node: 'tick' })], { runForMs: MINUTE });
    expect(steps.map(({ node, in: came }) => [node, came?.payload])).toEqual([['show', 1]]);
  });
});

describe('what goes wrong in a dry run', () => {
  it('[EN7] an error stands at its node, for its message alone', async () => {
    const { steps, counts } = await run(FREEZER, [input({ t: 'warm' }), input({ t: -3 })]);
    expect(steps[0]?.error).toContain('payload.t');
    expect(steps[1]?.error).toBeUndefined();
    expect(counts['warm']).toMatchObject({ in: 2, errors: 1 });
  });

  it('[EN13] user code runs in the sandbox; what it throws is an error at the node, with its in and out', async () => {
    const code =
      'if (message.payload > 1) throw new Error("too much"); return { ...message, payload: message.payload * 2 };';
    const flow = flowOf(
      [IN, ['twice', 'function', { code }], OUT],
      [
        ['in.out', 'twice'],
        ['twice.out', 'out'],
      ],
    );
    const { steps, problems } = await run(flow, [input(1, { topic: 'a' }), input(2)]);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(
      steps.map(({ node, out, error }) => [node, out.map(({ message }) => message.payload), error]),
    ).toEqual([
      ['twice', [2], undefined],
      ['out', [], undefined],
      ['twice', [], expect.stringContaining('too much')],
    ]);
  });

  it('[EN1] a flow with an error does not run, and neither does one whose code has one', async () => {
    const unknown = flowOf([IN, ['x', 'no-such', {}]], []);
    expect(await run(unknown, [input(1)])).toMatchObject({
      steps: [],
      problems: [{ code: 'node.unknown-type' }],
    });
    const broken = flowOf([IN, ['f', 'function', { code: 'return (' }]], [['in.out', 'f']]);
    const { problems, steps } = await run(broken, [input(1)]);
    expect(steps).toEqual([]);
    expect(problems).toMatchObject([{ code: 'code.syntax', node: 'f' }]);
  });

  it('a message for a node that is not there, or of no time, is refused with a sentence', async () => {
    await expect(run(FREEZER, [input(1), input(1, { node: 'gone' })])).rejects.toThrow(
      'Message 2 is for the node “gone”, which is not in this flow.',
    );
    await expect(run(FREEZER, [input(1, { time: 1e300 })])).rejects.toThrow('that is no time');
    await expect(run(FREEZER, [], { until: 'gone' })).rejects.toThrow('There is no node “gone”');
    await expect(run(FREEZER, [input(1, { node: 'warm', port: 'left' })])).rejects.toThrow('no port “left”');
  });
});

describe('[EN11] user code in a dry run on very many messages', () => {
  const code = (text: string): Record<string, Json> => ({ code: text });
  const everyMinute = (count: number, payloadAt: (at: number) => Json) =>
    Array.from({ length: count }, (_, at) => input(payloadAt(at), { time: NOON + at * MINUTE, topic: 'x' }));
  const callsDuring = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
    const { calls } = sandbox.stats();
    const result = await work();
    return [result, sandbox.stats().calls - calls];
  };

  it('is asked for hundreds at once, with the clock standing between them as if it were asked for each', async () => {
    // In turns of an hour too warm for 5 minutes and for 15: the second function marks what the first made a number of.
    const flow = flowOf(
      [
        IN,
        ['number', 'function', code('return { ...message, payload: Number(message.payload) };')],
        ['warm', 'threshold', { value: 'payload', limit: 30, mode: 'change', raiseAfter: '10m' }],
        ['mark', 'function', code('return { ...message, topic: "warm at " + message.payload };')],
        OUT,
      ],
      [
        ['in.out', 'number'],
        ['number.out', 'warm'],
        ['warm.raised', 'mark'],
        ['mark.out', 'out'],
      ],
    );
    const isWarm = (at: number) => at % 60 < (Math.floor(at / 60) % 2 === 0 ? 5 : 15);
    const inputs = everyMinute(1_200, (at) => (isWarm(at) ? '31' : '20'));
    const [{ effects, counts }, calls] = await callsDuring(() => run(flow, inputs));
    expect(effects.map(({ at, what }) => [(at - NOON) / MINUTE, what])).toEqual(
      Array.from({ length: 10 }, (_, turn) => [turn * 120 + 70, 'publish 2 bytes to warm at 31, QoS 1']),
    );
    expect(counts).toMatchObject({ number: { in: 1_200, out: 1_200 }, mark: { in: 10, out: 10 } });
    expect(calls).toBeLessThanOrEqual(6);
  });

  it('gives the same for messages that come out of each other in a loop', async () => {
    const flow = flowOf(
      [
        IN,
        ['less', 'function', code('return { ...message, payload: message.payload - 1 };')],
        ['more', 'switch', { rules: [{ value: 'payload', operator: '>', to: 0 }] }],
        ['again', 'delay', { time: '1m' }],
        OUT,
      ],
      [
        ['in.out', 'less'],
        ['less.out', 'more'],
        ['more.rule1', 'again'],
        ['again.out', 'less'],
        ['less.out', 'out'],
      ],
    );
    // The second message comes when what came of the first has gone round once: that was not foreseen.
    const inputs = [input(3, { topic: 'x' }), input(4, { topic: 'x', time: NOON + 1.5 * MINUTE })];
    const { effects } = await run(flow, inputs, { runForMs: 10 * MINUTE });
    expect(effects.map(({ at, message }) => [(at - NOON) / MINUTE, message.payload])).toEqual([
      [0, 2],
      [1, 1],
      [1.5, 3],
      [2, 0],
      [2.5, 2],
      [3.5, 1],
      [4.5, 0],
    ]);
  });

  it('has seen each message once and in order, where it counts them, also those that are alike', async () => {
    const counting = code(
      'globalThis.seen = (globalThis.seen ?? 0) + 1; return { ...message, payload: globalThis.seen };',
    );
    const flow = flowOf(
      [IN, ['twice', 'function', code('return [message, message];')], ['count', 'function', counting], OUT],
      [
        ['in.out', 'twice'],
        ['twice.out', 'count'],
        ['count.out', 'out'],
      ],
    );
    const inputs = everyMinute(600, (at) => at);
    const { effects } = await run(flow, inputs);
    expect(effects.map(({ message }) => message.payload)).toEqual(
      Array.from({ length: 1_200 }, (_, at) => at + 1),
    );
  });

  it('is asked when a message is there, where what it will be asked is too much to keep', async () => {
    const flow = flowOf(
      [IN, ['size', 'function', code('return { ...message, payload: message.payload.length };')], OUT],
      [
        ['in.out', 'size'],
        ['size.out', 'out'],
      ],
    );
    const large = 'x'.repeat(900_000);
    const [{ effects }, calls] = await callsDuring(() =>
      run(
        flow,
        everyMinute(10, () => large),
      ),
    );
    expect(effects.map(({ message }) => message.payload)).toEqual(Array.from({ length: 10 }, () => 900_000));
    expect(calls).toBe(6);
  });
});

describe('run to here', () => {
  it('nodes behind do not run, and what is wrong with them is in nobody’s way', async () => {
    const half = {
      ...FREEZER,
      nodes: FREEZER.nodes.map((node) => (node.id === 'out' ? { ...node, config: {} } : node)),
    };
    expect((await run(half, [input({ t: -3 })])).problems).not.toEqual([]);
    const inputs = [input({ t: -3 }), input(1, { node: 'out' })];
    const { steps, effects, problems } = await run(half, inputs, { until: 'warm', runForMs: 10 * MINUTE });
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(steps.map(({ node, out }) => [node, out.length])).toEqual([
      ['warm', 0],
      ['warm', 1],
    ]);
    expect(effects).toEqual([]);
  });
});

describe('the end of a dry run', () => {
  it('what a flow says while it is stopped is no part of it', async () => {
    const clumsy = implementStep(debugNode, () => ({
      receive: () => undefined,
      close: () => {
        throw new Error('It does not close.');
      },
    }));
    const flow = flowOf([IN, ['show', 'debug', {}]], [['in.out', 'show']]);
    const implementations = new Map([...runners, ['debug', clumsy]]);
    const request = { flow, inputs: [input(1)], until: undefined, runForMs: 0 };
    const { steps } = await dryRun(request, { catalog, implementations, sandbox, stopwatch: () => 0 });
    expect(steps.map(({ error }) => error)).toEqual([undefined]);
  });
});

describe('what a dry run shows is bounded (EN14)', () => {
  it('steps and effects are cut, counts are not, and it says so', async () => {
    const flow = flowOf([IN, OUT], [['in.out', 'out']]);
    const many = Array.from({ length: MOST_STEPS + 10 }, (_, at) =>
      input(at, { time: NOON + at, topic: 't' }),
    );
    const { steps, effects, counts, isCut } = await run(flow, many);
    expect([steps.length, effects.length, isCut]).toEqual([MOST_STEPS, MOST_EFFECTS, true]);
    expect(counts['out']?.in).toBe(MOST_STEPS + 10);
  });

  it('secrets are masked, and long payloads are cut', async () => {
    const flow = flowOf([IN, OUT], [['in.out', 'out']]);
    const { steps } = await run(flow, [
      input({ password: 'hush' }, { topic: 't' }),
      input('x'.repeat(20_000), { topic: 't' }),
    ]);
    expect(JSON.stringify(steps)).not.toContain('hush');
    expect(steps[1]?.in?.cut).toEqual({ bytes: 20_002, kind: 'cut' });
  });
});
