import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { isTransient } from '@sluice/shared/errors.ts';
import { afterEach, expect, it, vi } from 'vitest';
import { openInfluxdb } from './influxdb.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Written {
  readonly url: string;
  readonly token: string | undefined;
  readonly lines: readonly string[];
}

/** A fake of InfluxDB's write API, behind the real client. Answers 204 unless told otherwise. */
async function startFakeInfluxdb(
  answer: { status: number; body?: object; silent?: boolean } = { status: 204 },
) {
  const written: Written[] = [];
  const server = createServer((request, response) => {
    const chunks: Uint8Array[] = [];
    request.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    request.on('end', () => {
      const { url = '', headers } = request;
      const sent = Buffer.concat(chunks);
      const body = headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      written.push({ url, token: headers.authorization, lines: body.toString().split('\n') });
      if (answer.silent === true) return;
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { written, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const open = (config: Record<string, unknown>) =>
  openInfluxdb({
    id: 'db',
    name: 'History',
    type: 'influxdb',
    config: { org: 'plant', bucket: 'telemetry', ...config },
    secrets: { token: 's3cret' },
  });
const never = () => new AbortController().signal;

it('[EN6] writes all lines in one request, and resolves when it is confirmed', async () => {
  const { written, url } = await startFakeInfluxdb();
  const lines = Array.from({ length: 5_000 }, (_, at) => `m f=${at} ${at}`);
  await open({ url }).write(lines, never());
  expect(written).toHaveLength(1);
  expect(written[0]).toMatchObject({ token: 'Token s3cret', lines });
  expect(written[0]?.url).toContain('org=plant&bucket=telemetry&precision=ms');
});

it.each([
  [
    401,
    { message: 'unauthorized access' },
    /\(401\): unauthorized access\. Check the token of the connection\.$/,
  ],
  [404, { message: 'bucket "x" not found' }, /\(404\): bucket "x" not found\. Check organization and bucket/],
  [400, { message: 'partial write: field type conflict' }, /\(400\): partial write: field type conflict\.$/],
  [503, {}, /\(503\)/],
])(
  '[EN7] a status %i fails with what the database said, once and at once',
  async (status, body, sentence) => {
    const { written, url } = await startFakeInfluxdb({ status, body });
    const logged = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn')];
    const failed = open({ url }).write(['m f=1 1'], never());
    await expect(failed).rejects.toThrow(sentence);
    await expect(failed).rejects.not.toThrow('s3cret');
    expect(written).toHaveLength(1);
    for (const log of logged) expect(log).not.toHaveBeenCalled();
  },
);

/** What a write fails with. */
async function failureOf(config: Record<string, unknown>, signal = never()): Promise<unknown> {
  return open(config)
    .write(['m f=1 1'], signal)
    .then(
      () => undefined,
      (error: unknown) => error,
    );
}

it.each([
  [400, false, 'invalid-input'],
  [401, false, undefined],
  [403, false, undefined],
  [404, false, undefined],
  [413, false, 'invalid-input'],
  [422, false, 'invalid-input'],
  [429, true, 'target-away'],
  [500, true, 'target-away'],
  [503, true, 'target-away'],
])('[EN8] whether a status %i may pass: %s', async (status, mayPass, code) => {
  const { url } = await startFakeInfluxdb({ status, body: { message: 'no' } });
  const error = await failureOf({ url });
  expect([isTransient(error), (error as { code?: string }).code]).toEqual([mayPass, code]);
});

it('[EN8] a database that is not there or says nothing may be back', async () => {
  expect(isTransient(await failureOf({ url: 'http://127.0.0.1:1' }))).toBe(true);
  const { url } = await startFakeInfluxdb({ status: 204, silent: true });
  const given = new AbortController();
  const failed = failureOf({ url }, given.signal);
  given.abort();
  expect(isTransient(await failed)).toBe(true);
});

it('a database that is not there fails with its address', async () => {
  await expect(open({ url: 'http://127.0.0.1:1' }).write(['m f=1 1'], never())).rejects.toThrow(
    'InfluxDB at http://127.0.0.1:1 cannot be reached (ECONNREFUSED).',
  );
});

it('a database that says nothing fails when it is given up', async () => {
  const { url } = await startFakeInfluxdb({ status: 204, silent: true });
  const given = new AbortController();
  const failed = open({ url }).write(['m f=1 1'], given.signal);
  given.abort();
  await expect(failed).rejects.toThrow(`InfluxDB at ${url} did not confirm the points in time.`);
});

it.each([{ url: 'influx' }, { url: 'http://127.0.0.1', org: '' }, { url: 'ftp://127.0.0.1' }])(
  'settings that make no sense get a sentence (%j)',
  (config) => {
    expect(() => open(config)).toThrow(/^The connection “History” needs the address of InfluxDB/);
  },
);
