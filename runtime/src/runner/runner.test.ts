import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import { flowSchema } from '@sluice/shared/flow/flow.ts';
import { createMessage } from '@sluice/shared/message/message.ts';
import { afterEach, describe, expect, it } from 'vitest';
import type { TestingBroker } from './testingBroker.ts';
import { startTestingBroker } from './testingBroker.ts';
import type { TestingRunner } from './testingRunner.ts';
import { startTestingRunner } from './testingRunner.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function broker(port = 0): Promise<TestingBroker> {
  const started = await startTestingBroker(port);
  closers.push(() => started.close());
  return started;
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'sluice-runner-'));
  closers.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function runner(url: string, stateFolder = folder()): TestingRunner {
  const made = startTestingRunner(stateFolder, [
    { id: 'plant', name: 'Plant', type: 'mqtt', config: { url }, secrets: {} },
  ]);
  closers.push(made.close);
  return made;
}

/** The flow file of the interfaces page, with what a test wants otherwise in the settings of its threshold. */
function sample(threshold: Readonly<Record<string, unknown>> = {}): Flow {
  return flowSchema.parse({
    format: 1,
    id: 'freezer-too-warm',
    name: 'Freezer too warm',
    nodes: [
      {
        id: 'in',
        type: 'mqtt-in',
        position: { x: 0, y: 0 },
        config: { connection: 'plant', topic: 'devices/+/telemetry', qos: 1 },
      },
      {
        id: 'hot',
        type: 'threshold',
        position: { x: 240, y: 0 },
        config: { value: 'payload.temperature', operator: '>', limit: 30, mode: 'each', ...threshold },
      },
      {
        id: 'to',
        type: 'change',
        position: { x: 480, y: 0 },
        config: { set: [{ path: 'topic', to: { template: 'alerts/{{device}}' } }] },
      },
      {
        id: 'out',
        type: 'mqtt-out',
        position: { x: 720, y: 0 },
        config: { connection: 'plant', qos: 1 },
      },
    ],
    wires: [
      { from: ['in', 'out'], to: ['hot', 'in'] },
      { from: ['hot', threshold['mode'] === 'change' ? 'raised' : 'true'], to: ['to', 'in'] },
      { from: ['to', 'out'], to: ['out', 'in'] },
    ],
  });
}

function alerts(there: TestingBroker): readonly string[] {
  return there.received.filter(({ topic }) => topic.startsWith('alerts/')).map(({ topic }) => topic);
}

describe('a runner with a real broker', () => {
  it('runs the sample flow: MQTT in, threshold, change, MQTT out', async () => {
    const there = await broker();
    const { deploy } = runner(there.url);
    expect(await deploy(sample())).toEqual({ ok: true, problems: [] });
    await there.publish('devices/a/telemetry', '{"temperature":29}');
    await there.publish('devices/b/telemetry', '{"temperature":31}');
    await there.until(() => alerts(there).length === 1);
    expect(there.received.at(-1)).toEqual({
      topic: 'alerts/b',
      payload: '{"temperature":31}',
      qos: 1,
      retain: false,
    });
  });

  it('counters, values and statuses are told of while a flow is watched', async () => {
    const there = await broker();
    const { deploy, receive, told, until } = runner(there.url);
    receive({ kind: 'watch', flow: 'freezer-too-warm', on: true });
    await deploy(sample());
    expect(told.find(({ kind }) => kind === 'status')).toMatchObject({ flow: 'freezer-too-warm' });
    await there.publish('devices/b/telemetry', '{"temperature":31}');
    await until(() => told.some((message) => message.kind === 'values'));
    await until(() =>
      told.some((message) => message.kind === 'counters' && message.wires['to.out>out.in'] === 1),
    );
  });

  it('a payload that does not fit fails for itself alone, and is told of', async () => {
    const there = await broker();
    const { deploy, told, until } = runner(there.url);
    await deploy(sample());
    await there.publish('devices/a/telemetry', '{"temperature":"hot"}');
    await there.publish('devices/a/telemetry', 'not JSON');
    await there.publish('devices/b/telemetry', '{"temperature":31}');
    await there.until(() => alerts(there).length === 1);
    const errors = () => told.flatMap((message) => (message.kind === 'notices' ? message.notices : []));
    await until(() => errors().length >= 2);
    expect(errors()[0]).toMatchObject({ kind: 'error', node: 'hot' });
  });

  it('a version with a problem is refused with its sentence, and the old one runs on', async () => {
    const there = await broker();
    const { deploy } = runner(there.url);
    await deploy(sample());
    const broken = sample();
    const refused = await deploy(
      {
        ...broken,
        nodes: broken.nodes.map((node) => (node.id === 'hot' ? { ...node, type: 'magic' } : node)),
      },
      2,
    );
    expect(refused).toMatchObject({ ok: false, code: 'invalid-flow' });
    expect(!refused.ok && refused.sentence).toContain('“magic”');
    await there.publish('devices/b/telemetry', '{"temperature":31}');
    await there.until(() => alerts(there).length === 1);
  });

  it('user code that cannot be read is refused before it runs', async () => {
    const there = await broker();
    const { ask } = runner(there.url);
    const flow = sample({ limit: { expression: 'payload.(' } });
    const answer = await ask((request) => ({ kind: 'check', request, flow }));
    expect(answer).toMatchObject({ ok: false, code: 'invalid-flow' });
    expect(answer.problems.map(({ code, node }) => [code, node])).toContainEqual(['code.syntax', 'hot']);
  });

  it('a new version takes the place of the old one, and goes on with its state', async () => {
    const there = await broker();
    const { deploy } = runner(there.url);
    await deploy(sample({ mode: 'change' }));
    await there.publish('devices/b/telemetry', '{"temperature":31}');
    await there.until(() => alerts(there).length === 1);
    await deploy(sample({ mode: 'change', limit: 25 }), 2);
    // It was beyond the limit already, so it is not raised again; another device is.
    await there.publish('devices/b/telemetry', '{"temperature":32}');
    await there.publish('devices/c/telemetry', '{"temperature":26}');
    await there.until(() => alerts(there).length === 2);
    expect(alerts(there)).toEqual(['alerts/b', 'alerts/c']);
  });

  it('state is there again after a restart, and gone after a stop that forgets', async () => {
    const there = await broker();
    const kept = folder();
    const first = runner(there.url, kept);
    await first.deploy(sample({ mode: 'change' }));
    await there.publish('devices/b/telemetry', '{"temperature":31}');
    await there.until(() => alerts(there).length === 1);
    await first.close();

    const second = runner(there.url, kept);
    await second.deploy(sample({ mode: 'change' }));
    await there.publish('devices/b/telemetry', '{"temperature":32}');
    await there.publish('devices/c/telemetry', '{"temperature":32}');
    await there.until(() => alerts(there).length === 2);
    expect(alerts(there)).toEqual(['alerts/b', 'alerts/c']);
    await second.ask((request) => ({ kind: 'stop', request, flow: 'freezer-too-warm', forget: true }));
    await second.deploy(sample({ mode: 'change' }));
    await there.publish('devices/b/telemetry', '{"temperature":33}');
    await there.until(() => alerts(there).length === 3);
  });

  it('a broker that is not there is a status, and the flow works when it comes', async () => {
    const gone = await broker();
    await gone.close();
    closers.pop();
    const { deploy, told, until } = runner(gone.url);
    expect(await deploy(sample())).toMatchObject({ ok: true });
    await until(() =>
      told.some((message) => message.kind === 'status' && message.nodes['in']?.state === 'error'),
    );
    const there = await broker(gone.port);
    await there.until(() => there.filters.includes('devices/+/telemetry'));
    await there.publish('devices/b/telemetry', '{"temperature":31}');
    await there.until(() => alerts(there).length === 1);
  });

  it('a message by hand comes out of a port; a node that is not there is told', async () => {
    const there = await broker();
    const { deploy, ask } = runner(there.url);
    await deploy(sample());
    const message = createMessage({ id: 'm', time: 0, device: 'x', payload: { temperature: 40 } });
    const inject = (node: string) =>
      ask((request) => ({ kind: 'inject', request, flow: 'freezer-too-warm', node, port: 'out', message }));
    expect(await inject('in')).toMatchObject({ ok: true });
    await there.until(() => alerts(there).length === 1);
    expect(await inject('nowhere')).toMatchObject({ ok: false });
  });
});
