import type { Alarm, Device } from '@sluice/shared/protocol/http.ts';
import type { User } from '@sluice/shared/protocol/people.ts';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { RemoteError, sentenceOf } from './remoteError.ts';
import {
  acceptUser,
  isWorthRetrying,
  KEYS,
  mergeAlarm,
  mergeDevices,
  queries,
  remote,
  sessionElsewhere,
  sessionExpiry,
} from './remoteQueries.ts';

function device(id: string, lastSeen: number): Device {
  return { id, name: id, model: '', tags: [], firstSeen: 0, lastSeen, rate: 1, measurements: {}, topic: '' };
}

function alarm(id: string, raisedAt: number, state: Alarm['state'] = 'active'): Alarm {
  return {
    id,
    flow: 'f',
    node: 'n',
    key: id,
    state,
    severity: 'major',
    text: id,
    raisedAt,
    lastSeen: raisedAt,
    count: 1,
    value: null,
  };
}

describe('mergeDevices', () => {
  it('replaces what changed in its place, keeps the rest as it is, and adds new ones at the end', () => {
    const [first, second] = [device('a', 1), device('b', 1)];
    const merged = mergeDevices([first, second], [device('c', 2), device('b', 2)]);
    expect(merged.map((one) => [one.id, one.lastSeen])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 2],
    ]);
    expect(merged[0]).toBe(first);
  });
});

describe('mergeAlarm', () => {
  it('puts a new alarm by its time, replaces a repeated one, and takes a cleared one out', () => {
    const open = [alarm('b', 20), alarm('a', 10)];
    expect(mergeAlarm(open, alarm('c', 15)).map((one) => one.id)).toEqual(['b', 'c', 'a']);
    expect(mergeAlarm(open, { ...alarm('a', 10), count: 2 }).map((one) => one.count)).toEqual([1, 2]);
    expect(mergeAlarm(open, alarm('b', 20, 'cleared')).map((one) => one.id)).toEqual(['a']);
  });
});

describe('isWorthRetrying', () => {
  it('tries again when nobody answered or the server was busy, and not when it said no', () => {
    expect(isWorthRetrying(new RemoteError('server-away', 'x'))).toBe(true);
    expect(isWorthRetrying(new RemoteError('runner-away', 'x', { status: 503 }))).toBe(true);
    expect(isWorthRetrying(new RemoteError('internal', 'x', { status: 500 }))).toBe(false);
    expect(isWorthRetrying(new RemoteError('not-found', 'x', { status: 404 }))).toBe(false);
    expect(isWorthRetrying(new Error('a fault of our own'))).toBe(false);
  });
});

describe('sentenceOf', () => {
  it('is never empty, whatever was thrown', () => {
    expect(sentenceOf(new RemoteError('not-found', 'There is no flow “x”.'))).toBe('There is no flow “x”.');
    expect(sentenceOf(new Error(''))).toContain('Try again');
    expect(sentenceOf('text')).toContain('Try again');
  });
});

const ada: User = {
  id: 'ada',
  email: 'ada@example.org',
  name: 'Ada',
  workspace: 'main',
  role: 'admin',
  isOwner: true,
};

describe('acceptUser', () => {
  it.each([
    ['somebody else', { ...ada, id: 'eve' }],
    ['another workspace', { ...ada, workspace: 'bakery' }],
  ])('forgets all that was read before for %s', (_who, next) => {
    acceptUser(ada);
    queries.setQueryData(KEYS.flows, []);
    acceptUser(next);
    expect(queries.getQueryData(KEYS.flows)).toBeUndefined();
    expect(queries.getQueryData(KEYS.session)).toEqual(next);
  });

  it('keeps what was read for the same person in the same workspace, to be read anew', () => {
    acceptUser(ada);
    queries.setQueryData(KEYS.flows, []);
    acceptUser({ ...ada, role: 'viewer' });
    expect(queries.getQueryData(KEYS.flows)).toEqual([]);
    expect(queries.getQueryState(KEYS.flows)?.isInvalidated).toBe(true);
  });
});

describe('a page that is told that nobody is signed in', () => {
  const SIGNED_OUT = {
    type: 'not-signed-in',
    code: 'not-signed-in',
    status: 401,
    title: 'x',
    detail: 'Sign in first.',
  };
  /** What the server answers to one question after the other; the last one for good. */
  function answer(...bodies: (User | typeof SIGNED_OUT)[]): void {
    const own = globalThis.fetch;
    onTestFinished(() => void (globalThis.fetch = own));
    globalThis.fetch = () => {
      const body = bodies.length > 1 ? bodies.shift() : bodies[0];
      return Promise.resolve(Response.json(body, { status: body === SIGNED_OUT ? 401 : 200 }));
    };
  }

  it('asks again first: another tab may just have got a new cookie, in another workspace', async () => {
    acceptUser(ada);
    answer(SIGNED_OUT, { ...ada, workspace: 'bakery' });
    await expect(remote.call('flows')).rejects.toThrow('Sign in first.');
    await vi.waitFor(() => expect(sessionElsewhere.getState().user?.workspace).toBe('bakery'));
    expect(sessionExpiry.getState().isExpired).toBe(false);
    expect(queries.getQueryData(KEYS.session)).toEqual(ada);
  });

  it('asks to sign in again when the second answer is the same', async () => {
    acceptUser(ada);
    answer(SIGNED_OUT);
    await expect(remote.call('flows')).rejects.toThrow('Sign in first.');
    expect(sessionExpiry.getState().isExpired).toBe(false);
    await vi.waitFor(() => expect(sessionExpiry.getState().isExpired).toBe(true));
    expect(queries.getQueryData(KEYS.session)).toEqual(ada);
  });
});
