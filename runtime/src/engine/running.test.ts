import { describe, expect, it } from 'vitest';
import { drawFlow, reading } from './testNodes.ts';
import { runFlow } from './testFlow.ts';
import { TEST_START } from './testing.ts';

describe('batches', () => {
  it('[EN2] hands all messages of a turn to a node as one array, without a copy on the way', async () => {
    const drawing = drawFlow({ in: 'bring', a: 'pass', b: 'pass', c: 'pass' }, 'in>a', 'a>b', 'a>c');
    const { lab, time, origin } = await runFlow(drawing);
    for (let count = 0; count < 600; count++) origin.push(reading(count));
    expect(lab.seen.size).toBe(0);
    await time.settle();
    expect(lab.seen.get('a')?.map((array) => array.length)).toEqual([512, 88]);
    expect(lab.seen.get('b')?.[0]).toBe(lab.seen.get('a')?.[0]);
    expect(lab.seen.get('c')?.[0]).toBe(lab.seen.get('a')?.[0]);
    expect(origin.outcomes).toHaveLength(600);
  });

  it('[EN2] joins what comes by two wires into one array, and leaves the arrays of others alone', async () => {
    const drawing = drawFlow({ in: 'bring', a: 'pass', b: 'pass', c: 'pass' }, 'in>a', 'a>b', 'a>c', 'b>c');
    const { lab, time, origin } = await runFlow(drawing);
    origin.push(reading(1));
    origin.push(reading(2));
    await time.settle();
    expect(lab.payloads('b')).toEqual([1, 2]);
    expect(lab.seen.get('c')?.map((array) => array.length)).toEqual([4]);
    expect(lab.payloads('c')).toEqual([1, 2, 1, 2]);
  });

  it('[EN2] adds to an array that a node passed on without changing the array of others', async () => {
    const drawing = drawFlow({ in: 'bring', a: 'pass', echo: 'echo', b: 'pass' }, 'in>a', 'a>echo', 'echo>b');
    const { lab, time, origin } = await runFlow(drawing);
    for (const payload of [1, 2]) origin.push(reading(payload));
    await time.settle();
    expect(lab.payloads('b')).toEqual([1, 2, 1]);
    expect(lab.payloads('a')).toEqual([1, 2]);
  });

  it('[EN2] sends a message round a loop through a node that holds it back, each round in its own time', async () => {
    const hold = { type: 'hold', config: { ms: 1_000 } };
    const drawing = drawFlow({ in: 'bring', a: 'pass', hold }, 'in>a', 'a>hold', 'hold>a');
    const { lab, time, origin } = await runFlow(drawing);
    origin.push(reading('round'));
    await time.runUntil(TEST_START + 3_500);
    expect(lab.payloads('a')).toEqual(['round', 'round', 'round', 'round']);
    expect(origin.outcomes).toEqual(['done']);
  });
});

describe('errors', () => {
  const parts = { in: 'bring', picky: 'picky', good: 'pass', bad: 'pass', rescue: 'rescue' } as const;

  it('[EN7] fail one message alone: by the error port where it is wired', async () => {
    const drawing = drawFlow(parts, 'in>picky', 'picky>good', 'picky.error>bad');
    const { lab, time, origin, shell } = await runFlow(drawing);
    for (const payload of [1, 'bad', 2]) origin.push(reading(payload));
    await time.settle();
    expect(lab.payloads('good')).toEqual([1, 2]);
    expect(lab.seen.get('bad')?.[0]?.[0]?.headers).toEqual({ error: 'It is bad.', errorNode: 'picky' });
    expect(shell.notices).toEqual([
      expect.objectContaining({ kind: 'error', node: 'picky', sentence: 'It is bad.' }),
    ]);
    expect(origin.outcomes).toEqual(['done', 'done', 'done']);
  });

  it('[EN7] go to the catch nodes where the error port has no wire', async () => {
    const drawing = drawFlow(parts, 'in>picky', 'picky>good', 'rescue>bad');
    const { lab, time, origin, store } = await runFlow(drawing);
    for (const payload of [1, 'bad', 2]) origin.push(reading(payload));
    await time.settle();
    expect(lab.payloads('bad')).toEqual(['bad']);
    expect(store.deadLetters('flow')).toEqual([]);
    expect(origin.outcomes).toHaveLength(3);
  });

  it('[EN7] go to the dead letters where nobody takes them, with node, port, time and sentence', async () => {
    const { time, origin, store, flow } = await runFlow(
      drawFlow({ in: 'bring', picky: 'picky' }, 'in>picky'),
    );
    const bad = reading('bad');
    origin.push(bad);
    await time.settle();
    expect(store.deadLetters('flow')).toEqual([
      expect.objectContaining({ node: 'picky', port: 'in', at: TEST_START, sentence: 'It is bad.' }),
    ]);
    expect(store.deadLetters('flow')[0]?.message).toMatchObject({ id: bad.id, payload: 'bad' });
    expect(flow.taps.nodes()['picky']).toMatchObject({ in: 1, out: 0, errors: 1, deadLetters: 1 });
  });

  it('[EN7] of a call that throws fail all of its messages, and it has sent nothing', async () => {
    const drawing = drawFlow(parts, 'in>picky', 'picky>good', 'picky.error>bad');
    const { lab, time, origin } = await runFlow(drawing);
    for (const payload of [1, 'bad', 'throw', 2]) origin.push(reading(payload));
    await time.settle();
    expect(lab.payloads('good')).toEqual([]);
    expect(lab.payloads('bad')).toEqual([1, 'bad', 'throw', 2]);
    expect(lab.seen.get('bad')?.[0]?.[1]?.headers['error']).toBe('It threw.');
  });

  it('[EN7] on the way from a catch node go to the dead letters, not round in circles', async () => {
    const drawing = drawFlow({ ...parts, again: 'picky' }, 'in>picky', 'rescue>again', 'rescue>bad');
    const { lab, time, origin, store } = await runFlow(drawing);
    origin.push(reading('bad'));
    await time.settle();
    expect(lab.payloads('bad')).toEqual(['bad']);
    expect(store.deadLetters('flow').map(({ node }) => node)).toEqual(['again']);
    expect(origin.outcomes).toEqual(['done']);
  });

  it('[EN7] that a source reports take the same ways and are acknowledged', async () => {
    const { lab, time, store } = await runFlow(drawFlow({ in: 'bring' }));
    const outcomes: string[] = [];
    lab.intakes.get('in')?.fail(reading('x'), 'It is not JSON.', (outcome) => outcomes.push(outcome));
    await time.settle();
    expect(store.deadLetters('flow').map(({ node, sentence }) => [node, sentence])).toEqual([
      ['in', 'It is not JSON.'],
    ]);
    expect(outcomes).toEqual(['done']);
  });

  it('[EN7] are shown at most 20 times a second, and all of them kept', async () => {
    const { time, origin, store, shell } = await runFlow(
      drawFlow({ in: 'bring', picky: 'picky' }, 'in>picky'),
    );
    for (let count = 0; count < 50; count++) origin.push(reading('bad'));
    await time.settle();
    expect(shell.notices).toHaveLength(20);
    expect(store.deadLetters('flow')).toHaveLength(50);
  });
});

describe('watching', () => {
  it('[EN14] counts messages on wires and at nodes', async () => {
    const drawing = drawFlow({ in: 'bring', a: 'pass', b: 'pass' }, 'in>a', 'a>b', 'in>b');
    const { time, origin, flow } = await runFlow(drawing);
    for (let count = 0; count < 3; count++) origin.push(reading(count));
    await time.settle();
    expect(flow.taps.counters()).toEqual({ 'in.out>a.in': 3, 'a.out>b.in': 3, 'in.out>b.in': 3 });
    expect(flow.taps.nodes()['b']).toEqual({
      in: 6,
      out: 6,
      errors: 0,
      deadLetters: 0,
      waiting: 0,
      evicted: 0,
      retries: 0,
      busyMs: 0,
    });
  });

  it('[EN14] shows at most ten values a second of a wire, the newest last, and none when nobody watches', async () => {
    const { time, origin, flow } = await runFlow(drawFlow({ in: 'bring', a: 'pass' }, 'in>a'));
    const shown: unknown[] = [];
    origin.push(reading('before'));
    await time.settle();
    flow.taps.watch((wire, message) => shown.push([wire, message.payload]));
    for (let tick = 0; tick < 100; tick++) {
      origin.push(reading(tick));
      await time.runUntil(TEST_START + tick * 10);
    }
    await time.runUntil(TEST_START + 2_000);
    expect(shown.length).toBeGreaterThanOrEqual(9);
    expect(shown.length).toBeLessThanOrEqual(11);
    expect(shown[0]).toEqual(['in.out>a.in', 0]);
    expect(shown.at(-1)).toEqual(['in.out>a.in', 99]);
    flow.taps.watch(undefined);
    const count = shown.length;
    origin.push(reading('after'));
    await time.runUntil(TEST_START + 3_000);
    expect(shown).toHaveLength(count);
  });
});

describe('by hand', () => {
  const drawing = drawFlow({ in: 'bring', a: 'pass', slow: 'send', b: 'pass' }, 'in>a', 'a>slow', 'slow>b');

  it('puts a message into a node, out of a port, or presses a button', async () => {
    const { flow, time, lab } = await runFlow(drawing);
    flow.inject('in', undefined, undefined);
    flow.inject('a', undefined, reading('into a'));
    flow.inject('a', 'out', reading('out of a'));
    flow.inject('slow', undefined, reading('into slow'));
    await time.settle();
    expect(lab.payloads('a')).toEqual(['pressed', 'into a']);
    expect(lab.accepted).toEqual(['pressed', 'into a', 'out of a', 'into slow']);
    expect(lab.payloads('b')).toHaveLength(4);
  });

  it('says why a node cannot take it', async () => {
    const { flow } = await runFlow(drawing);
    expect(() => flow.inject('none', undefined, reading(1))).toThrow('The node “none” is not running');
    expect(() => flow.inject('a', undefined, undefined)).toThrow('“pass” has no button');
    expect(() => flow.inject('a', 'up', reading(1))).toThrow('“pass” has no port “up”');
  });
});

describe('expressions', () => {
  const drawing = drawFlow(
    { in: 'bring', x: { type: 'compute', config: { value: { expression: 'payload * 2' } } }, a: 'pass' },
    'in>x',
    'x>a',
  );

  it('[EN13] are evaluated by batch before a node gets its messages; one that fails fails its message alone', async () => {
    const runs: number[] = [];
    const { lab, time, origin, store } = await runFlow(drawing, {
      program: (_flow, _node, source) => ({
        run: (messages) => {
          runs.push(messages.length);
          expect(source).toEqual({ kind: 'expression', source: 'payload * 2' });
          return Promise.resolve(
            messages.map(({ payload }) =>
              typeof payload === 'number'
                ? { ok: true, value: payload * 2, logs: [] }
                : { ok: false, sentence: 'It is no number.', logs: [] },
            ),
          );
        },
      }),
    });
    for (const payload of [1, 'x', 3]) origin.push(reading(payload));
    await time.settle();
    expect(runs).toEqual([3]);
    expect(lab.payloads('a')).toEqual([2, 6]);
    expect(store.deadLetters('flow').map(({ sentence }) => sentence)).toEqual(['It is no number.']);
    expect(origin.outcomes).toHaveLength(3);
  });

  it('[EN7] that cannot run at all fail all messages with the reason', async () => {
    const { time, origin, store } = await runFlow(drawing);
    origin.push(reading(1));
    await time.settle();
    expect(store.deadLetters('flow').map(({ sentence }) => sentence)).toEqual([
      'There is no sandbox in this test.',
    ]);
    expect(origin.outcomes).toEqual(['done']);
  });
});

describe('starting and stopping', () => {
  it('says which node cannot be made and closes the others', async () => {
    const drawing = drawFlow({ in: 'bring', a: 'pass', b: 'picky' }, 'in>a', 'a>b');
    const { lab } = await runFlow(drawing);
    const without = new Map([...lab.implementations].filter(([type]) => type !== 'picky'));
    await expect(runFlow(drawing, { implementations: without })).rejects.toThrow(
      '“picky” cannot be started: This Sluice cannot run the node type “picky”.',
    );
    expect(lab.closed).toEqual(['a']);
  });

  it('stops once however often it is asked, closes every node and leaves nothing standing', async () => {
    const { flow, time, lab, origin } = await runFlow(
      drawFlow({ in: 'bring', a: 'pass', s: 'send' }, 'in>a'),
    );
    origin.push(reading(1));
    const stopping = [flow.stop(1_000), flow.stop(1_000)];
    await time.runUntil(TEST_START + 2_000);
    await Promise.all(stopping);
    expect(lab.closed.sort()).toEqual(['a', 'in', 's']);
    expect(lab.payloads('a')).toEqual([1]);
    expect(time.standing).toBe(0);
    const outcomes: string[] = [];
    lab.intakes.get('in')?.push('out', reading(2), (outcome) => outcomes.push(outcome));
    await time.settle();
    expect(outcomes).toEqual(['refused']);
    expect(() => flow.inject('a', undefined, reading(1))).toThrow('not running');
  });

  it('[EN11] gives the same trace for the same inputs at the same times', async () => {
    const hold = { type: 'hold', config: { ms: 70 } };
    const drawing = drawFlow({ in: 'bring', hold, s: 'send', a: 'pass' }, 'in>hold', 'hold>s', 'in>s', 's>a');
    const trace = async () => {
      const { time, origin, flow, lab, shell } = await runFlow(drawing);
      for (let count = 0; count < 20; count++) {
        origin.push({ ...reading(count, `d${count % 3}`), id: `m${count}` });
        await time.runUntil(TEST_START + count * 25);
      }
      await time.runUntil(TEST_START + 5_000);
      return { seen: lab.payloads('a'), counters: flow.taps.counters(), notices: shell.notices };
    };
    const first = await trace();
    expect(first.seen).toHaveLength(40);
    expect(await trace()).toEqual(first);
  });
});
