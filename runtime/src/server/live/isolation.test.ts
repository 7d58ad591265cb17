import type { Answer, ClientEvents, Ended, ServerEvents } from '@sluice/shared/protocol/live.ts';
import { createMessage } from '@sluice/shared/message/message.ts';
import type { Socket } from 'socket.io-client';
import { io } from 'socket.io-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunnerTime } from '../../runner/time.ts';
import { systemTime } from '../../runner/time.ts';
import { ADA } from '../testServer.ts';
import type { TwoWorkspaces } from '../workspaces/testingWorkspaces.ts';
import { startWithWorkspaces } from '../workspaces/testingWorkspaces.ts';
import { eventually } from '../../testingPatience.ts';

const ADMIN = { adminEmail: ADA.email, adminPassword: ADA.password };
const CANARY = 'canary-of-b';

type Live = Socket<ServerEvents, ClientEvents>;

async function connected({ server }: TwoWorkspaces, cookie: string, auth: Record<string, string> = {}) {
  const socket: Live = io(server.address, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    extraHeaders: { cookie },
    auth,
  });
  onTestFinished(() => void socket.close());
  const frames: unknown[][] = [];
  const ended: Ended[] = [];
  socket.onAny((...frame: unknown[]) => frames.push(frame));
  socket.on('ended', (end) => ended.push(end));
  await new Promise<void>((resolve, reject) => {
    socket.on('connect', resolve);
    socket.on('connect_error', reject);
  });
  const ask = (event: keyof ClientEvents, request: unknown): Promise<Answer> =>
    socket.emitWithAck<'watch'>(event as 'watch', request as never);
  return { socket, frames, ended, ask };
}

/** Lets everything that a runner can tell be told, with the canary in each of its texts. */
function tellAll(host: TwoWorkspaces['hosts'] extends ReadonlyMap<string, infer Host> ? Host : never): void {
  const message = createMessage({ id: 'm', time: 1, topic: CANARY, payload: { text: CANARY } });
  const flow = 'a';
  const node = { in: 7, out: 7, errors: 7, deadLetters: 0, waiting: 0, evicted: 0, retries: 0, busyMs: 0 };
  const totals = { batches: 1, messages: 1, underWay: 0, oldestMs: 0, memory: 0 };
  const wires = { [CANARY]: 7 };
  host.tell('counters', { kind: 'counters', flow, wires, nodes: { [CANARY]: node }, totals, outboxes: [] });
  host.tell('values', { kind: 'values', flow, samples: [{ wire: 'a.out>b.in', message }] });
  host.tell('status', { kind: 'status', flow, nodes: { n: { state: 'error', text: CANARY } } });
  host.tell('notices', {
    kind: 'notices',
    skipped: 0,
    notices: [
      { kind: 'log', flow, node: 'n', text: CANARY },
      { kind: 'error', flow, node: 'n', sentence: CANARY, message },
      { kind: 'flow', flow, state: 'held', sentence: CANARY },
    ],
  });
}

async function twoPages() {
  const test = await startWithWorkspaces(ADMIN);
  const people = { a: test.adminOf('a'), b: test.adminOf('b') };
  for (const { api } of Object.values(people)) {
    await api.ok('createFlow', { body: { name: 'A' } });
    await api.ok('deploy', { body: { flow: 'a', revision: 1 } });
  }
  return {
    test,
    people,
    a: await connected(test, people.a.cookie),
    b: await connected(test, people.b.cookie),
  };
}

describe('a live socket', () => {
  it('hears nothing of another workspace, even of a flow with the same id', async () => {
    const { test, a, b } = await twoPages();
    for (const { ask } of [a, b]) {
      expect(await ask('watch', { flow: 'a' })).toEqual({ ok: true });
      expect(await ask('watchDevices', { on: true })).toEqual({ ok: true });
    }
    const host = test.hosts.get('b');
    if (host === undefined) throw new Error('The workspace b has no host.');
    tellAll(host);
    const report = { key: 'k', device: CANARY, state: 'active', severity: 'major', text: CANARY } as const;
    await host.options.storeAlarms('a', 'n', [{ ...report, time: 1, value: 1 }]);
    await eventually(() => {
      expect(new Set(b.frames.map(([event]) => event))).toEqual(
        new Set(['alarm', 'counters', 'log', 'status', 'values']),
      );
    });
    await a.ask('unwatch', { flow: 'a' });
    expect(JSON.stringify(b.frames)).toContain(CANARY);
    expect(JSON.stringify(a.frames)).not.toContain(CANARY);
  });

  it('reaches no flow of another workspace', async () => {
    const { people, a, test } = await twoPages();
    await people.b.api.ok('createFlow', { body: { name: 'Only B' } });
    expect(await a.ask('watch', { flow: 'only-b' })).toMatchObject({ ok: false, code: 'not-found' });
    expect(await a.ask('inject', { flow: 'only-b', node: 'n' })).toMatchObject({
      ok: false,
      code: 'not-found',
    });
    expect(test.hosts.get('b')?.injected).toEqual([]);
    expect(test.hosts.get('b')?.watched.size).toBe(0);
  });

  it('ends within 5 s when its person is signed out, removed, or goes to another workspace', async () => {
    const test = await startWithWorkspaces(ADMIN);
    const changes: ((cookie: string, user: string) => void)[] = [
      (_, user) => void test.database.prepare('DELETE FROM sessions WHERE user = ?').run(user),
      (_, user) => void test.database.prepare('DELETE FROM memberships WHERE user = ?').run(user),
    ];
    for (const change of changes) {
      const cookie = test.cookieFor('admin', 'other', false);
      const page = await connected(test, cookie);
      const user = String(test.database.prepare('SELECT id FROM users ORDER BY rowid DESC').get()?.id);
      change(cookie, user);
      await eventually(() => expect(page.socket.connected).toBe(false));
      expect(page.ended).toMatchObject([{ code: 'not-signed-in' }]);
    }
  });

  it('ends at once when somebody signs out on this server', async () => {
    // The look that comes every 2 s, for changes from elsewhere, never comes.
    const never: RunnerTime = {
      ...systemTime,
      after: (ms, run) => systemTime.after(ms === 2_000 ? 3_600_000 : ms, run),
    };
    const test = await startWithWorkspaces(ADMIN, { time: never });
    const { api, cookie } = test.adminOf('other');
    const page = await connected(test, cookie);
    const stays = await connected(test, test.adminOf('other').cookie);
    await api.ok('signOut');
    await eventually(() => expect(page.socket.connected).toBe(false));
    expect(stays.socket.connected).toBe(true);
  });

  it('obeys another role at its next event', async () => {
    const test = await startWithWorkspaces(ADMIN);
    const { api } = test.adminOf('other');
    await api.ok('createFlow', { body: { name: 'A' } });
    const page = await connected(test, test.cookieFor('integrator', 'other'));
    expect(await page.ask('inject', { flow: 'a', node: 'n' })).toEqual({ ok: true });
    test.database.prepare("UPDATE memberships SET role = 'viewer' WHERE role = 'integrator'").run();
    expect(await page.ask('inject', { flow: 'a', node: 'n' })).toMatchObject({ code: 'not-allowed' });
  });

  it('tells its page of another role at once, and stays open', async () => {
    const test = await startWithWorkspaces(ADMIN);
    const { api } = test.adminOf('other');
    const page = await connected(test, test.cookieFor('integrator', 'other'));
    const person = (await api.ok('users')).find(({ role }) => role === 'integrator');
    await api.ok('saveUser', { params: { id: person?.id ?? '' }, body: { role: 'viewer' } });
    await eventually(() => expect(page.frames).toContainEqual(['role', { role: 'viewer' }]));
    expect(page.socket.connected).toBe(true);
  });

  it('is not opened for a page of another workspace than the session stands in', async () => {
    const test = await startWithWorkspaces(ADMIN);
    const { cookie } = test.adminOf('other');
    await expect(connected(test, cookie, { workspace: 'main' })).rejects.toThrow('other-workspace');
    await connected(test, cookie, { workspace: 'other' });
  });

  it('ends when its workspace is deleted', async () => {
    const { test, a, b } = await twoPages();
    await test.owner.ok('deleteWorkspace', { params: { id: 'b' }, query: { name: 'b' } });
    await eventually(() => expect(b.socket.connected).toBe(false));
    expect(b.ended).toMatchObject([{ sentence: 'This workspace is not there any more.' }]);
    expect(a.socket.connected).toBe(true);
  });

  it('may send 100 events a second; one that sends more is told and ended', async () => {
    const test = await startWithWorkspaces(ADMIN);
    const page = await connected(test, test.cookieFor('viewer'));
    for (let count = 0; count < 250; count++) page.socket.emit('unwatch', { flow: 'a' }, () => undefined);
    await eventually(() => expect(page.socket.connected).toBe(false));
    expect(page.ended).toMatchObject([{ code: 'too-many-tries' }]);
  });

  it('is one of at most 50 of a person; others still get in', async () => {
    const test = await startWithWorkspaces(ADMIN);
    const cookie = test.cookieFor('viewer');
    for (let count = 0; count < 50; count++) await connected(test, cookie);
    await expect(connected(test, cookie)).rejects.toThrow('limit-reached');
    await connected(test, test.cookieFor('viewer'));
  });

  it('is opened by an API token as well, in the workspace of the token', async () => {
    const test = await startWithWorkspaces(ADMIN);
    const { api } = test.adminOf('other');
    await api.ok('createFlow', { body: { name: 'A' } });
    const { token } = await api.ok('createToken', { body: { name: 'Wall', role: 'viewer', days: 1 } });
    const socket: Live = io(test.server.address, { transports: ['websocket'], auth: { token } });
    onTestFinished(() => void socket.close());
    expect(await socket.emitWithAck('watch', { flow: 'a' })).toEqual({ ok: true });
    expect(await socket.emitWithAck('inject', { flow: 'a', node: 'n' })).toMatchObject({
      code: 'not-allowed',
    });
  });

  it('takes no more than 16 KB from somebody who has not signed in', async () => {
    const test = await startWithWorkspaces(ADMIN);
    const url = `${test.server.address.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
    const closedAfter = async (bytes: number): Promise<number> => {
      const socket = new WebSocket(url);
      onTestFinished(() => socket.close());
      await new Promise((resolve) => socket.addEventListener('message', resolve, { once: true }));
      const closed = new Promise<number>((resolve) =>
        socket.addEventListener('close', ({ code }) => resolve(code)),
      );
      socket.send(`40${JSON.stringify({ token: 'x'.repeat(bytes) })}`);
      const answered = new Promise<number>((resolve) =>
        socket.addEventListener('message', () => resolve(0), { once: true }),
      );
      return Promise.race([closed, answered]);
    };
    expect(await closedAfter(10_000)).toBe(0);
    // 1009: the message is too big (RFC 6455, section 7.4.1).
    expect([1006, 1009]).toContain(await closedAfter(20_000));
  });
});
