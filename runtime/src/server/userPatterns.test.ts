import { catalog } from '@sluice/nodes/catalog.ts';
import { nodeExamples } from '@sluice/nodes/examples.ts';
import { emptyFlow } from '@sluice/shared/flow/flow.ts';
import type { Json } from '@sluice/shared/message/message.ts';
import { isJsonObject } from '@sluice/shared/message/message.ts';
import { connectAsync } from 'mqtt';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createRunnerHost } from '../runner/host.ts';
import { apiOf, startTestServer } from './testServer.ts';

// What people write into settings and send as filters is made to be as slow as can be. Others are served meanwhile.

/** They are promised one second; the rest is for a machine that is busy with other tests. What hangs takes minutes. */
const OTHERS_WAIT_MS = 3_000;

/** Short enough that a flow holds one of them in each field of each node type, and long enough for the square of it. */
const LENGTH = 12_000;
const SLOW_TEXTS = {
  'a place that never ends': `{{${' '.repeat(LENGTH)}`,
  'places that never end': '{{'.repeat(LENGTH / 2),
  digits: '1'.repeat(LENGTH),
  slashes: '/'.repeat(LENGTH),
  spaces: `//${' '.repeat(LENGTH)}`,
  'a path': `payload["${'\\'.repeat(LENGTH)}`,
  'parts of an expression': '('.repeat(LENGTH),
  'a pattern': `^(${'a+'.repeat(LENGTH / 2)})+$`,
  'an address': `http://${'a@'.repeat(LENGTH / 2)}`,
};

/** The same value once for each text in it, with the slow text in its place. */
function withEach(value: Json, slow: string): Json[] {
  if (typeof value === 'string') return [slow];
  if (isJsonObject(value)) {
    return Object.entries(value).flatMap(([key, item]) =>
      withEach(item, slow).map((changed) => ({ ...value, [key]: changed })),
    );
  }
  const list: readonly Json[] = Array.isArray(value) ? value : [];
  return list.flatMap((item, index) => withEach(item, slow).map((changed) => list.with(index, changed)));
}

/** A flow with a node for every field of every node type that takes a text. */
function slowFlow(slow: string) {
  const configs = [...catalog.keys()].flatMap((type) =>
    (nodeExamples.get(type) ?? [])
      .slice(0, 3)
      .flatMap(({ config }) => withEach(config as Json, slow).map((changed) => ({ type, config: changed }))),
  );
  const nodes = configs.map((node, index) => ({ id: `n${index}`, position: { x: 0, y: 0 }, ...node }));
  return { ...emptyFlow('slow', 'Slow'), nodes };
}

/** Asks for the health of the server again and again while the work is done; gives the longest wait, ms. */
async function longestWaitDuring(address: string, work: Promise<unknown>): Promise<number> {
  const done = new AbortController();
  void work.finally(() => done.abort());
  let longest = 0;
  while (!done.signal.aborted) {
    const before = performance.now();
    expect((await fetch(`${address}/api/health`)).status).toBe(200);
    longest = Math.max(longest, performance.now() - before);
  }
  await work;
  return longest;
}

describe('a text that is made to be slow, in every field of every node type', () => {
  it.each(Object.entries(SLOW_TEXTS))(
    '%s: it is read, checked and refused while others are served',
    async (_name, slow) => {
      const { server, cookieFor } = await startTestServer();
      const api = apiOf(server, cookieFor('integrator'));
      const flow = slowFlow(slow);
      expect(new Set(flow.nodes.map(({ type }) => type)).size).toBeGreaterThan(20);
      const work = async (): Promise<void> => {
        const { id } = await api.ok('createFlow', { body: { name: 'Slow', flow } });
        await api.ok('validateFlow', { params: { id } });
        await api.ok('flows');
        expect((await api.problem('deploy', { body: { flow: id, revision: 1 } })).status).toBe(422);
      };
      expect(await longestWaitDuring(server.address, work())).toBeLessThan(OTHERS_WAIT_MS);
    },
    30_000,
  );

  it('as a filter, a search and an address of the API', async () => {
    const { server, cookieFor } = await startTestServer();
    const api = apiOf(server, cookieFor('admin'));
    // What fits into the first line of a request.
    const texts = Object.values(SLOW_TEXTS).map((text) => text.slice(0, 2_000));
    const work = async (): Promise<void> => {
      for (const text of [...texts, '%'.repeat(2_000), '*'.repeat(2_000), '_%'.repeat(1_000)]) {
        await api.raw('audit', { query: { who: text.slice(0, 254), what: text.slice(0, 100) } });
        await api.raw('deadLetters', { query: { flow: text, node: text, sentence: text } });
        await api.raw('deadLetterGroups', { query: { search: text } });
        await api.raw('nodeState', { params: { id: text, node: 'n' }, query: { search: text } });
        await api.raw('device', { params: { id: text } });
        const url = { name: 'C', type: 'mqtt', config: { url: text.repeat(200) } };
        expect((await api.raw('createConnection', { body: url })).status).toBe(422);
      }
    };
    expect(await longestWaitDuring(server.address, work())).toBeLessThan(OTHERS_WAIT_MS);
  }, 30_000);
});

/** What never ends on a message that a device sends, or takes longer than there is time. */
const ENDLESS = {
  'a pattern that goes back': [
    'function',
    { code: String.raw`return /^(a+)+\1$/.test(message.payload.text)` },
  ],
  'an expression that calls itself': [
    'expression',
    { expression: '($f := function($n){ $f($n + 1) + $f($n + 1) }; $f(0))', path: 'payload' },
  ],
  'a template of lists in lists': [
    'template',
    { template: `${'{{#payload.list}}'.repeat(9)}x${'{{/payload.list}}'.repeat(9)}`, path: 'payload' },
  ],
} as const;

/** Patterns that go back without end elsewhere: here they take time by the length of the text. */
const LINEAR = {
  'an expression with a pattern': [
    'expression',
    { expression: '$contains(payload.text, /^(a+)+$/)', path: 'payload' },
  ],
  'a switch with a pattern': [
    'switch',
    { rules: [{ value: 'payload.text', operator: 'matches', to: '^(a+)+$' }] },
  ],
} as const;

function flowWith(id: string, [type, config]: readonly [string, object]) {
  const position = { x: 0, y: 0 };
  return {
    ...emptyFlow(id, id),
    nodes: [
      { id: 'in', type: 'mqtt-in', position, config: { connection: 'broker', topic: `${id}/in`, qos: 1 } },
      { id: 'n', type, position, config },
      { id: 'to', type: 'change', position, config: { set: [{ path: 'topic', to: `${id}/out` }] } },
      { id: 'out', type: 'mqtt-out', position, config: { connection: 'broker', qos: 1 } },
    ],
    wires: [
      { from: ['in', 'out'], to: ['n', 'in'] },
      { from: ['n', type === 'switch' ? 'otherwise' : 'out'], to: ['to', 'in'] },
      { from: ['to', 'out'], to: ['out', 'in'] },
    ],
  };
}

describe('[EN13] patterns, expressions and templates that never end on what a device sends', () => {
  it('end with a sentence, and the server and other flows go on', async () => {
    const { server, cookieFor } = await startTestServer({}, { createHost: createRunnerHost });
    const api = apiOf(server, cookieFor('integrator'));
    const all = Object.entries({ ...ENDLESS, ...LINEAR }).map(([name, step], index) => ({
      id: `f${index}`,
      name,
      step,
      isEndless: Object.hasOwn(ENDLESS, name),
    }));
    const good = {
      id: 'good',
      name: 'good',
      step: ['function', { code: 'return message' }],
      isEndless: false,
    } as const;
    for (const { id, step } of [...all, good]) {
      await api.ok('createFlow', { body: { name: id, flow: flowWith(id, step) } });
      await api.ok('deploy', { body: { flow: id, revision: 1 } });
    }
    const device = await connectAsync(server.mqttUrl);
    onTestFinished(() => device.endAsync(true));
    const came: string[] = [];
    device.on('message', (topic) => came.push(topic));
    await device.subscribeAsync('+/out', { qos: 1 });
    const payload = { text: `${'a'.repeat(5_000)}b`, list: Array.from({ length: 12 }, () => ({})) };
    const work = async (): Promise<void> => {
      for (const { id } of [...all, good])
        await device.publishAsync(`${id}/in`, JSON.stringify(payload), { qos: 1 });
      await vi.waitFor(
        async () => {
          const letters = await api.ok('deadLetters');
          expect(letters.map(({ flow }) => flow).toSorted()).toEqual(
            all.filter(({ isEndless }) => isEndless).map(({ id }) => id),
          );
          for (const { sentence } of letters)
            expect(sentence).toMatch(/longer than|ending the sandbox|deep|stack/i);
          const served = [...all, good].filter(({ isEndless }) => !isEndless).map(({ id }) => `${id}/out`);
          expect(came.toSorted()).toEqual(served.toSorted());
        },
        { timeout: 40_000 },
      );
    };
    expect(await longestWaitDuring(server.address, work())).toBeLessThan(OTHERS_WAIT_MS);
  }, 60_000);
});
