import { emptyFlow } from '@sluice/shared/flow/flow.ts';
import { describe, expect, it } from 'vitest';
import type { FakeTime } from './fakeTime.ts';
import { fakeTime } from './fakeTime.ts';
import { hostWith } from './host.ts';
import type { RunnerProcessEvents } from './launch.ts';
import type { HostMessage, RunnerAnswer } from './protocol.ts';
import type { RunnerHost } from './runnerHost.ts';

const OK: RunnerAnswer = { ok: true, problems: [] };

/** A process that a test plays: what it was sent, and what it does. */
interface PlayedProcess {
  readonly sent: HostMessage[];
  readonly events: RunnerProcessEvents;
  isKilled: boolean;
  /** It answers no ping. */
  isStuck: boolean;
}

interface Stage {
  readonly host: RunnerHost;
  readonly time: FakeTime;
  readonly processes: readonly PlayedProcess[];
  readonly logged: readonly string[];
  readonly states: readonly string[];
  current(): PlayedProcess;
  /** Answers all requests of the current process that are open. */
  answerAll(): Promise<void>;
}

function stage(storeAlarms: () => Promise<void> = () => Promise.resolve()): Stage {
  const time = fakeTime();
  const processes: PlayedProcess[] = [];
  const logged: string[] = [];
  const states: string[] = [];
  let ids = 0;
  const host = hostWith(
    {
      workspace: 'w',
      folder: '/nowhere',
      connections: [],
      devices: [],
      telemetry: { connection: 'embedded', filter: 'devices/+/telemetry' },
      clock: time,
      newId: () => `id-${(ids += 1)}`,
      log: (_level, sentence) => logged.push(sentence),
      storeAlarms,
    },
    (events) => {
      const played: PlayedProcess = { sent: [], events, isKilled: false, isStuck: false };
      processes.push(played);
      return {
        pid: processes.length,
        send: (message) => {
          played.sent.push(message);
          if (message.kind === 'ping' && !played.isStuck) events.message({ kind: 'pong' });
        },
        kill: () => {
          played.isKilled = true;
          events.ended('killed');
        },
      };
    },
  );
  host.on('state', ({ state }) => states.push(state));
  const current = (): PlayedProcess => {
    const last = processes.at(-1);
    if (last === undefined) throw new Error('There is no process.');
    return last;
  };
  const answered = new Set<string>();
  const answerAll = async (): Promise<void> => {
    await Promise.resolve();
    for (const message of current().sent) {
      if (!('request' in message) || answered.has(message.request)) continue;
      answered.add(message.request);
      current().events.message({ kind: 'answer', request: message.request, result: OK });
    }
  };
  return { host, time, processes, logged, states, current, answerAll };
}

const flow = emptyFlow('f', 'F');

const INCOMING = {
  id: 'r',
  method: 'GET',
  path: '/',
  params: {},
  query: {},
  headers: {},
  body: new Uint8Array(),
};

async function deployed(): Promise<Stage> {
  const made = stage();
  const deploying = made.host.deploy(flow, 1, []);
  made.current().events.message({ kind: 'ready' });
  await Promise.resolve();
  await made.answerAll();
  expect(await deploying).toEqual(OK);
  return made;
}

function kinds(played: PlayedProcess): readonly string[] {
  return played.sent.map(({ kind }) => kind);
}

describe('[EN13] the host of a runner', () => {
  it('starts no process before a flow needs one, and ends it when none does', async () => {
    const made = await deployed();
    expect(kinds(made.current())).toEqual(['configure', 'deploy']);
    const stopping = made.host.stop('f', false);
    await made.answerAll();
    await stopping;
    expect(made.states).toEqual(['starting', 'ready']);
    made.time.advance(29_000);
    expect(kinds(made.current())).not.toContain('shutdown');
    made.time.advance(1_000);
    expect(kinds(made.current())).toContain('shutdown');
    made.current().events.ended('done');
    expect(made.host.state()).toBe('idle');
    expect(made.logged).toEqual([]);
    expect(made.time.pending()).toBe(0);
  });

  it('a runner that died comes back with everything deployed and watched', async () => {
    const made = await deployed();
    made.host.watch('f', true);
    made.current().events.ended('The runner process ended by SIGSEGV.');
    expect(made.logged).toEqual(['The runner process ended by SIGSEGV.']);
    expect(made.host.state()).toBe('restarting');
    made.time.advance(99);
    expect(made.processes).toHaveLength(1);
    made.time.advance(1);
    expect(made.processes).toHaveLength(2);
    made.current().events.message({ kind: 'ready' });
    await made.answerAll();
    expect(kinds(made.current()).toSorted()).toEqual(['configure', 'deploy', 'watch']);
    expect(made.host.state()).toBe('ready');
  });

  it('what was under way is answered with runner-away', async () => {
    const made = await deployed();
    const injecting = made.host.inject('f', 'n', undefined, undefined);
    const calling = made.host.handleHttp(INCOMING);
    await Promise.resolve();
    made.current().events.ended('gone');
    expect(await injecting).toMatchObject({ ok: false, code: 'runner-away' });
    expect(await calling).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  });

  it('a request for a node is 404 while no flow needs a runner, so that nobody comes again for it', async () => {
    const made = stage();
    expect(await made.host.handleHttp(INCOMING)).toMatchObject({ status: 404 });
    expect(made.processes).toEqual([]);
    void made.host.deploy(flow, 1, []);
    expect(await made.host.handleHttp(INCOMING)).toMatchObject({ status: 503 });
  });

  it('waits longer each time that it does not come up', async () => {
    const made = stage();
    const deploying = made.host.deploy(flow, 1, []);
    made.current().events.ended('no memory');
    expect(await deploying).toMatchObject({ ok: false, code: 'runner-away' });
    for (const wait of [100, 200, 400]) {
      const before = made.processes.length;
      made.time.advance(wait - 1);
      expect(made.processes).toHaveLength(before);
      made.time.advance(1);
      expect(made.processes).toHaveLength(before + 1);
      made.current().events.ended('no memory');
    }
  });

  it('ends a runner that says nothing for 30 s', async () => {
    const made = await deployed();
    made.time.advance(60_000);
    expect(made.processes[0]?.isKilled).toBe(false);
    made.current().isStuck = true;
    made.time.advance(25_000);
    expect(made.processes[0]?.isKilled).toBe(false);
    made.time.advance(10_000);
    expect(made.processes[0]?.isKilled).toBe(true);
    expect(made.logged[0]).toBe('The runner said nothing for 30 s, so it is ended.');
  });

  it('[EN6] alarms are confirmed when they are stored, and refused when they are not', async () => {
    const outcomes = [Promise.resolve(), Promise.reject(new Error('The disk is full.'))];
    const made = stage(() => outcomes.shift() ?? Promise.resolve());
    void made.host.deploy(flow, 1, []);
    made.current().events.message({ kind: 'ready' });
    for (const request of ['a', 'b'])
      made.current().events.message({ kind: 'alarms', request, flow: 'f', node: 'n', reports: [] });
    await new Promise(setImmediate);
    const sent = made.current().sent.filter(({ kind }) => kind.startsWith('alarms'));
    expect(sent).toEqual([
      { kind: 'alarmsStored', request: 'a' },
      { kind: 'alarmsRefused', request: 'b', sentence: 'The alarm could not be stored: The disk is full.' },
    ]);
  });

  it('a flow that is not deployed cannot be injected into, and needs no process to say so', async () => {
    const made = stage();
    expect(await made.host.inject('f', 'n', undefined, undefined)).toMatchObject({ code: 'not-found' });
    expect(made.processes).toHaveLength(0);
  });

  it('closes in time, also when the runner does not, and only once', async () => {
    const made = await deployed();
    const closing = made.host.close(1_000);
    expect(kinds(made.current())).toContain('shutdown');
    made.time.advance(3_000);
    await closing;
    expect(made.current().isKilled).toBe(true);
    await made.host.close(1_000);
    expect(await made.host.deploy(flow, 2, [])).toMatchObject({ code: 'runner-away' });
    expect(made.processes).toHaveLength(1);
    expect(made.time.pending()).toBe(0);
  });
});
