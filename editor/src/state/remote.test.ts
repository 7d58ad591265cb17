import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WORKSPACE_HEADER } from '@sluice/shared/protocol/http.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { createRemote, pathOf } from './remote.ts';
import { RemoteError } from './remoteError.ts';

const FLOW = { format: 1, id: 'f', name: 'F', connections: {}, nodes: [], wires: [], scenarios: [] };
const RESOURCE = {
  id: 'f',
  name: 'F',
  revision: 4,
  updatedAt: 1,
  updatedBy: 'Ada',
  nodeCount: 0,
  sentence: '',
  changed: false,
  flow: FLOW,
};

interface Seen {
  method: string | undefined;
  url: string | undefined;
  type: string | undefined;
  body: string;
}

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

/** A server that answers everything alike and keeps what it was asked. */
async function answering(status: number, body: string) {
  const seen: Seen[] = [];
  const shown: unknown[] = [];
  let signedOut = 0;
  let elsewhere = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    let text = '';
    for await (const part of request) text += String(part);
    const { method, url, headers } = request;
    shown.push(headers[WORKSPACE_HEADER]);
    seen.push({ method, url, type: headers['content-type'], body: text });
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  };
  const started = createServer((request, response) => void answer(request, response));
  server = started;
  await new Promise<void>((resolve) => {
    started.listen(0, '127.0.0.1', resolve);
  });
  const { port } = started.address() as AddressInfo;
  const remote = createRemote({
    baseUrl: `http://127.0.0.1:${port}`,
    fetch,
    onSignedOut: () => {
      signedOut += 1;
    },
    workspace: () => 'main',
    onElsewhere: () => {
      elsewhere += 1;
    },
  });
  return { remote, seen, shown, signedOut: () => signedOut, elsewhere: () => elsewhere };
}

async function errorOf(promise: Promise<unknown>): Promise<RemoteError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RemoteError)) throw new Error(`expected a RemoteError, got ${String(error)}`);
  return error;
}

function problem(code: string, status: number, more: object = {}): string {
  return JSON.stringify({
    type: 'about:blank',
    title: 'Title',
    status,
    detail: 'The sentence.',
    code,
    ...more,
  });
}

describe('call', () => {
  it('sends the method, the path with its parameters and the body of the route, and gives the parsed answer', async () => {
    const { remote, seen } = await answering(200, JSON.stringify({ ...RESOURCE, unknown: 'left out' }));
    const answer = await remote.call('saveFlow', {
      params: { id: 'a/b' },
      body: { revision: 3, flow: FLOW },
    });
    expect(answer).toEqual(RESOURCE);
    expect(seen).toEqual([
      {
        method: 'PUT',
        url: '/api/flows/a%2Fb',
        type: 'application/json',
        body: JSON.stringify({ revision: 3, flow: FLOW }),
      },
    ]);
  });

  it('sends no body and no content type where the route has none', async () => {
    const { remote, seen } = await answering(200, '[]');
    expect(await remote.call('alarms', { query: { state: 'active' } })).toEqual([]);
    expect(seen).toEqual([{ method: 'GET', url: '/api/alarms?state=active', type: undefined, body: '' }]);
  });

  it('gives code, sentence, status and problems of a problem document', async () => {
    const problems = [{ severity: 'error', code: 'loop', sentence: 'A and B feed each other.' }];
    const { remote } = await answering(422, problem('invalid-flow', 422, { problems }));
    const error = await errorOf(remote.call('createFlow', { body: { name: 'F' } }));
    expect(error).toMatchObject({ code: 'invalid-flow', message: 'The sentence.', status: 422, problems });
  });

  it('tells once that nobody is signed in, and only then', async () => {
    const first = await answering(401, problem('not-signed-in', 401));
    expect((await errorOf(first.remote.call('flows'))).code).toBe('not-signed-in');
    expect(first.signedOut()).toBe(1);
    server?.close();
    const second = await answering(401, problem('wrong-credentials', 401));
    await errorOf(second.remote.call('signIn', { body: { email: 'a', password: 'b' } }));
    expect(second.signedOut()).toBe(0);
  });

  it('names the workspace of the page but where the session itself is asked for, and tells when it is another', async () => {
    const { remote, shown, elsewhere } = await answering(409, problem('other-workspace', 409));
    expect((await errorOf(remote.call('flows'))).code).toBe('other-workspace');
    expect(elsewhere()).toBe(1);
    await errorOf(remote.call('session'));
    await errorOf(remote.call('chooseWorkspace', { body: { workspace: 'other' } }));
    expect(shown).toEqual(['main', undefined, undefined]);
  });

  it('says that the server is away when nothing answers', async () => {
    const { remote } = await answering(200, '[]');
    await new Promise((resolve) => {
      server?.close(resolve);
      server?.closeAllConnections();
    });
    const error = await errorOf(remote.call('flows'));
    expect(error).toMatchObject({ code: 'server-away', status: 0 });
    expect(error.message).toContain('does not answer');
  });

  it('refuses an answer that does not fit the schema, is not JSON, or has a code that is not known', async () => {
    const wrong = await answering(200, JSON.stringify([{ id: 'f' }]));
    expect((await errorOf(wrong.remote.call('flows'))).code).toBe('unexpected-answer');
    server?.close();
    const broken = await answering(200, '[{');
    expect((await errorOf(broken.remote.call('flows'))).message).toContain('broke off');
    server?.close();
    const page = await answering(502, '<html>Bad gateway</html>');
    expect((await errorOf(page.remote.call('flows'))).message).toContain('status 502');
    server?.close();
    const unknown = await answering(418, problem('teapot', 418));
    expect(await errorOf(unknown.remote.call('flows'))).toMatchObject({
      code: 'unexpected-answer',
      message: 'The sentence.',
    });
  });

  it('is given up when its signal says so, and then throws what the signal threw', async () => {
    const { remote } = await answering(200, '[]');
    const error = await remote
      .call('flows', undefined, AbortSignal.abort())
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'AbortError' });
  });
});

describe('pathOf', () => {
  it('escapes what comes in, leaves out what is undefined, and refuses a path with a gap', () => {
    expect(pathOf('/api/x/:id', { params: { id: '../a b?' } })).toBe('/api/x/..%2Fa%20b%3F');
    expect(pathOf('/api/x', { query: { flow: undefined } })).toBe('/api/x');
    expect(pathOf('/api/x', { query: { flow: 'a&b' } })).toBe('/api/x?flow=a%26b');
    expect(() => pathOf('/api/x/:id', {})).toThrow('needs “id”');
  });
});
