import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { TestingBroker } from '../runner/testingBroker.ts';
import { startTestingBroker } from '../runner/testingBroker.ts';
import { runCli } from './cli.ts';
import { testingTerminal } from './testingTerminal.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function broker(): Promise<TestingBroker> {
  const started = await startTestingBroker();
  closers.push(() => started.close());
  return started;
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'sluice-run-'));
  closers.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

type NodeOf = readonly [id: string, type: string, config: Readonly<Record<string, unknown>>];

/** Writes a flow file; wires are `from.port to.port`. */
function flowFile(url: string, nodes: readonly NodeOf[], wires: readonly string[]): string {
  const file = join(folder(), 'flow.json');
  const flow = {
    format: 1,
    id: 'test',
    name: 'Test',
    connections: { plant: { type: 'mqtt', config: { url } } },
    nodes: nodes.map(([id, type, config], index) => ({
      id,
      type,
      config,
      position: { x: index * 240, y: 0 },
    })),
    wires: wires.map((wire) => {
      const [from = '', to = ''] = wire.split(' ');
      return { from: from.split('.'), to: to.split('.') };
    }),
  };
  writeFileSync(file, JSON.stringify(flow));
  return file;
}

const IN: NodeOf = ['in', 'mqtt-in', { connection: 'plant', topic: 'devices/+/telemetry' }];

function start(...argv: string[]) {
  const terminal = testingTerminal();
  const ended = runCli(['run', ...argv], terminal);
  closers.push(() => {
    terminal.ask();
    return ended.then(() => undefined);
  });
  return { terminal, ended };
}

describe('sluice run', () => {
  it('runs a flow with the connections of its file; debug messages are JSON lines; Ctrl-C ends it', async () => {
    const there = await broker();
    const file = flowFile(
      there.url,
      [
        IN,
        ['hot', 'threshold', { value: 'payload.temperature', limit: 30 }],
        ['topic', 'change', { set: [{ path: 'topic', to: { template: 'alerts/{{device}}' } }] }],
        ['out', 'mqtt-out', { connection: 'plant', qos: 1 }],
        ['show', 'debug', { label: 'hot' }],
      ],
      ['in.out hot.in', 'hot.true topic.in', 'topic.out out.in', 'hot.true show.in'],
    );
    const { terminal, ended } = start(file);
    await terminal.until('“Test” is running.');
    await there.publish('devices/a/telemetry', '{"temperature":31}');
    await there.until(() => there.received.some(({ topic }) => topic === 'alerts/a'));
    const line: unknown = JSON.parse(await terminal.until('"debug"'));
    expect(line).toMatchObject({
      event: 'debug',
      node: 'show',
      label: 'hot',
      message: { device: 'a', payload: { temperature: 31 } },
    });
    terminal.ask();
    expect(await ended).toBe(0);
  });

  it('keeps state in a folder, so that the next run goes on with it', async () => {
    const there = await broker();
    const state = folder();
    const file = flowFile(
      there.url,
      [
        IN,
        ['hot', 'threshold', { value: 'payload.temperature', limit: 30, mode: 'change' }],
        ['show', 'debug', {}],
      ],
      ['in.out hot.in', 'hot.raised show.in'],
    );
    const first = start(file, '--state', state);
    await first.terminal.until('running');
    await there.publish('devices/a/telemetry', '{"temperature":31}');
    await first.terminal.until('"debug"');
    first.terminal.ask();
    await first.ended;

    const second = start(file, '--state', state);
    await second.terminal.until('running');
    await there.publish('devices/a/telemetry', '{"temperature":32}');
    await there.publish('devices/b/telemetry', '{"temperature":32}');
    await second.terminal.until('"device":"b"');
    expect(second.terminal.printed.filter((line) => line.includes('"device":"a"'))).toEqual([]);
  });

  it('a flow with problems is exit 2 with a sentence for each', async () => {
    const file = flowFile(
      'mqtt://127.0.0.1:1',
      [
        ['in', 'mqtt-in', { connection: 'nowhere', topic: 'a' }],
        ['x', 'magic', {}],
      ],
      ['in.out x.in'],
    );
    const { terminal, ended } = start(file);
    expect(await ended).toBe(2);
    expect(terminal.said.some((line) => line.includes('“magic”'))).toBe(true);
    expect(terminal.said.some((line) => line.includes('nowhere'))).toBe(true);
    expect(terminal.printed).toEqual([]);
  });

  it('[EN9] a folder for state that cannot be made is told in a sentence; damaged state is, too, and kept aside', async () => {
    const file = flowFile('mqtt://127.0.0.1:1', [IN], []);
    const inFile = start(file, '--state', file);
    expect(await inFile.ended).toBe(1);
    expect(inFile.terminal.said).toEqual([expect.stringMatching(/^The folder .* cannot be made \(EEXIST/)]);
    const state = folder();
    writeFileSync(join(state, 'state.db'), 'no database '.repeat(100));
    const damaged = start(file, '--state', state);
    expect(await damaged.terminal.until('state.db')).toMatch(/is kept as .*state\.db\.damaged/);
    damaged.terminal.ask();
    expect(await damaged.ended).toBe(0);
  });

  it('a broker that is not there is told in a sentence, and the flow waits for it', async () => {
    const there = await broker();
    await there.close();
    closers.pop();
    const file = flowFile(there.url, [IN, ['show', 'debug', {}]], ['in.out show.in']);
    const { terminal, ended } = start(file);
    expect(await terminal.until(`cannot reach ${there.url}`)).toContain('in: ');
    terminal.ask();
    expect(await ended).toBe(0);
  });

  it('serves http-in nodes', async () => {
    const file = flowFile(
      'mqtt://127.0.0.1:1',
      [
        ['ask', 'http-in', { method: 'POST', path: '/measure' }],
        ['show', 'debug', {}],
      ],
      ['ask.out show.in'],
    );
    const { terminal } = start(file, '--http-port', '0');
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(await terminal.until('running'))?.[0] ?? '';
    const call = (path: string, body: string) => fetch(address + path, { method: 'POST', body });
    expect((await call('/measure', '{"temperature":31}')).status).toBeLessThan(300);
    expect(await terminal.until('"debug"')).toContain('31');
    expect((await call('/nowhere', '')).status).toBe(404);
    expect((await call('/measure', 'x'.repeat(10_485_761))).status).toBe(413);
  });

  it('alarms are JSON lines, too', async () => {
    const file = flowFile(
      'mqtt://127.0.0.1:1',
      [
        ['tick', 'inject', { when: 'interval', every: '1s', atStart: true, device: 'a' }],
        ['alarm', 'alarm', {}],
      ],
      ['tick.out alarm.in'],
    );
    const { terminal } = start(file);
    const line: unknown = JSON.parse(await terminal.until('"alarm"'));
    expect(line).toMatchObject({ event: 'alarm', node: 'alarm', device: 'a', state: 'active' });
  });
});
