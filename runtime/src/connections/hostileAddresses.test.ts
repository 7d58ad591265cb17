import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRequester } from './httpRequest.ts';

const METADATA = [
  '169.254.169.254',
  '2852039166',
  '0xa9fea9fe',
  '0xA9.0xFE.0xA9.0xFE',
  '0251.0376.0251.0376',
  '025177524776',
  '169.254.43518',
  '169.16689662',
  '[::ffff:169.254.169.254]',
  '[::ffff:a9fe:a9fe]',
  '[0:0:0:0:0:ffff:a9fe:a9fe]',
  '[::169.254.169.254]',
  '[64:ff9b::169.254.169.254]',
  '[2002:a9fe:a9fe::]',
  '[fe80::1]',
  '[fd00:ec2::254]',
  '100.100.100.200',
  '192.0.0.192',
  '①⑥⑨.②⑤④.①⑥⑨.②⑤④',
  '169。254。169。254',
  '169.254.169.254.',
  'user:pass@169.254.169.254',
];
const INSIDE = [
  '127.0.0.1',
  '127.1',
  '0',
  '0.0.0.0',
  '2130706433',
  '0x7f000001',
  '017700000001',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '[fc00::1]',
  'localhost',
];

function requester(options: Parameters<typeof createRequester>[0]) {
  const made = createRequester(options);
  onTestFinished(() => made.close());
  const get = (url: string) =>
    made.request({ method: 'GET', url, headers: {} }, new AbortController().signal);
  return get;
}

/** A server on loopback that sends everybody on to another address. */
async function redirecting(to: (path: string) => string | undefined) {
  const hosts: string[] = [];
  const server = createServer((request, response) => {
    hosts.push(request.headers.host ?? '');
    const location = to(request.url ?? '');
    response.writeHead(location === undefined ? 200 : 302, location === undefined ? {} : { location });
    response.end('inside');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, hosts };
}

describe('requests of flows', () => {
  it.each(METADATA)('never go to a link-local or metadata address, written as %s', async (host) => {
    for (const allowPrivate of [true, false])
      await expect(requester({ allowPrivate })(`http://${host}/latest/meta-data`)).rejects.toThrow(
        'is a link-local or metadata address, which flows may never call',
      );
  });

  it.each(INSIDE)('go to no private address where they may not, written as %s', async (host) => {
    await expect(requester({ allowPrivate: false })(`http://${host}:9/`)).rejects.toThrow(
      'is inside the private network, which flows of this workspace may not call',
    );
  });

  it.each([
    'file:///etc/passwd',
    'ftp://127.0.0.1',
    'gopher://127.0.0.1',
    'data:text/plain,x',
    '//127.0.0.1',
    'javascript:1',
  ])('go to web addresses only, and not to %s', async (url) => {
    await expect(requester({ allowPrivate: true })(url)).rejects.toThrow('is no web address');
  });

  it('are checked again at each redirect', async () => {
    // A header holds no characters beyond ASCII.
    for (const host of METADATA.filter((written) => !/[^ -~]/.test(written))) {
      const { port } = await redirecting(() => `http://${host}/`);
      await expect(requester({ allowPrivate: true })(`http://127.0.0.1:${port}/`)).rejects.toThrow(
        'may never call',
      );
    }
    const { port } = await redirecting(() => 'file:///etc/passwd');
    await expect(requester({ allowPrivate: true })(`http://127.0.0.1:${port}/`)).rejects.toThrow(
      'is no web address',
    );
  });

  it('go to the address that was checked: a name that is another one a moment later reaches nothing', async () => {
    const { port, hosts } = await redirecting((path) =>
      path === '/once' ? `http://rebind.test:${port}/twice` : undefined,
    );
    const asked: string[] = [];
    const answers = ['127.0.0.1', '169.254.169.254', '127.0.0.1'];
    const get = requester({
      allowPrivate: true,
      resolve: (name, _options, done) => {
        asked.push(name);
        done(null, [{ address: answers[asked.length - 1] ?? '', family: 4 }]);
      },
    });
    // The connection is closed in between, so that the name is asked for again.
    expect((await get(`http://rebind.test:${port}/`)).status).toBe(200);
    await expect(get(`http://other.test:${port}/`)).rejects.toThrow(
      'the address 169.254.169.254 of other.test is a link-local or metadata address',
    );
    expect(hosts).toEqual([`rebind.test:${port}`]);
  });

  it('go nowhere when one of the addresses of a name is not allowed', async () => {
    const get = requester({
      allowPrivate: false,
      resolve: (_name, _options, done) =>
        done(null, [
          { address: '203.0.113.7', family: 4 },
          { address: '::ffff:10.0.0.1', family: 6 },
        ]),
    });
    await expect(get('http://both.test/')).rejects.toThrow('is inside the private network');
  });
});
