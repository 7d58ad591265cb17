import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf } from '@sluice/shared/message/message.ts';
import { runFlow } from './testFlow.ts';
import { drawFlow, reading } from './testNodes.ts';
import { TEST_START } from './testing.ts';

function sending(config: object) {
  const nodes = { in: 'bring', s: { type: 'send', config }, a: 'pass', fast: 'pass', lost: 'pass' } as const;
  return drawFlow(nodes, 'in>s', 's>a', 'in>fast', 's.error>lost');
}

describe('nodes that wait', () => {
  it('[EN3] hold up nobody else: other segments go on', async () => {
    const { lab, time, origin } = await runFlow(sending({}), { isOpen: false });
    for (const payload of [1, 2]) origin.push(reading(payload, `d${payload}`));
    await time.settle();
    expect(lab.payloads('fast')).toEqual([1, 2]);
    expect(lab.payloads('a')).toEqual([]);
    lab.calls.shift()?.accept();
    await time.settle();
    expect(lab.payloads('a')).toEqual([1]);
    expect(lab.calls).toHaveLength(1);
  });

  it('[EN3] take up to their batch in a call, and have up to their concurrency of calls under way', async () => {
    const drawing = sending({ concurrency: 2, batch: 3 });
    const { lab, time, origin, flow } = await runFlow(drawing, { isOpen: false });
    for (let count = 0; count < 10; count++) origin.push(reading(count, `d${count}`));
    await time.settle();
    expect(lab.calls.map(({ messages }) => messages.map(({ payload }) => payload))).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    expect(flow.taps.nodes()['s']?.waiting).toBe(10);
    lab.calls[1]?.accept();
    await time.settle();
    expect(lab.calls[2]?.messages.map(({ payload }) => payload)).toEqual([6, 7, 8]);
    expect(flow.taps.nodes()['s']?.waiting).toBe(7);
  });

  it('[EN3] take from the queue of one busy key without looking at all that waits', async () => {
    const drawing = sending({ concurrency: 2, batch: 100, queue: 200_000 });
    const { lab, time, flow } = await runFlow(drawing, { isOpen: false });
    for (let count = 0; count < 60_000; count++) flow.inject('s', undefined, reading(count, 'hot'));
    await time.settle();
    expect(lab.calls).toHaveLength(1);
    lab.isOpen = true;
    lab.calls[0]?.accept();
    await time.settle();
    expect(lab.accepted).toEqual(Array.from({ length: 60_000 }, (_, index) => index));
  });

  it('[EN3] whose call takes too long are aborted, and the messages fail with a sentence', async () => {
    const { lab, time, origin } = await runFlow(sending({ timeoutMs: 5_000 }), { isOpen: false });
    for (const payload of [1, 2]) origin.push(reading(payload));
    await time.runUntil(TEST_START + 4_999);
    const [late] = lab.calls;
    expect(late?.signal.aborted).toBe(false);
    await time.runUntil(TEST_START + 5_001);
    expect(late?.signal.aborted).toBe(true);
    expect(lab.seen.get('lost')?.[0]?.[0]?.headers['error']).toBe(
      'There was no answer within 5 s, so the call was given up.',
    );
    late?.accept();
    lab.calls[1]?.accept();
    await time.settle();
    expect(lab.payloads('a')).toEqual([2]);
    expect(origin.outcomes).toEqual(['done', 'done']);
  });

  it('[EN7] whose call is rejected fail all of its messages and no other', async () => {
    const { lab, time, origin } = await runFlow(sending({ batch: 2 }), { isOpen: false });
    for (const payload of [1, 2, 3]) origin.push(reading(payload));
    await time.settle();
    lab.calls[0]?.reject('The server said no.');
    await time.settle();
    lab.calls[1]?.accept();
    await time.settle();
    expect(lab.payloads('lost')).toEqual([1, 2]);
    expect(lab.seen.get('lost')?.[0]?.[0]?.headers).toEqual({
      error: 'The server said no.',
      errorNode: 's',
    });
    expect(lab.payloads('a')).toEqual([3]);
  });
});

describe('order', () => {
  const action = fc.oneof(
    fc.record({ kind: fc.constant('push' as const), key: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ kind: fc.constant('end' as const), call: fc.nat(7), isGood: fc.boolean() }),
    fc.record({ kind: fc.constant('turn' as const) }),
  );

  it('[EN4] of one key is kept through nodes that wait, whatever ends first; one key is in one call at a time', async () => {
    const policy = { concurrency: fc.integer({ min: 1, max: 4 }), batch: fc.integer({ min: 1, max: 4 }) };
    await fc.assert(
      fc.asyncProperty(fc.record(policy), fc.array(action, { maxLength: 80 }), async (config, actions) => {
        const { lab, time, origin, flow } = await runFlow(sending(config), { isOpen: false });
        const failed = new Set<unknown>();
        let pushed = 0;
        const noTwoOfOneKey = () => {
          const keys = lab.calls.map(({ messages }) => new Set(messages.map(keyOf)));
          const total = keys.reduce((sum, { size }) => sum + size, 0);
          expect(new Set(keys.flatMap((set) => [...set])).size).toBe(total);
        };
        for (const one of actions) {
          if (one.kind === 'push') origin.push(reading((pushed += 1), `d${one.key}`));
          else if (one.kind === 'end') {
            const [call] = lab.calls.splice(one.call % Math.max(1, lab.calls.length), 1);
            if (one.isGood) call?.accept();
            else {
              for (const { payload } of call?.messages ?? []) failed.add(payload);
              call?.reject('No.');
            }
          } else await time.settle();
          if (one.kind === 'turn') noTwoOfOneKey();
        }
        lab.isOpen = true;
        for (const call of lab.calls.splice(0)) call.accept();
        await time.settle();
        await flow.settled();
        const passed = (lab.seen.get('a') ?? []).flat();
        for (let key = 0; key < 4; key++) {
          const own = passed
            .filter(({ device }) => device === `d${key}`)
            .map(({ payload }) => Number(payload));
          expect(own).toEqual([...own].sort((one, other) => one - other));
        }
        expect(passed.length + failed.size).toBe(pushed);
        expect(origin.outcomes).toHaveLength(pushed);
      }),
      { numRuns: 150 },
    );
  });

  it('[EN4] of what one call emits is kept, and leaves when the call is over', async () => {
    const { lab, time, origin } = await runFlow(sending({ batch: 10 }), { isOpen: false });
    for (let count = 0; count < 5; count++) origin.push(reading(count));
    await time.settle();
    lab.calls[0]?.accept();
    await time.settle();
    expect(lab.seen.get('a')?.map((array) => array.map(({ payload }) => payload))).toEqual([[0, 1, 2, 3, 4]]);
  });
});

describe('back-pressure', () => {
  it('[EN5] tells the source to wait when a queue that it leads to is full, and again when half is free', async () => {
    const { lab, time, origin } = await runFlow(sending({ queue: 4 }), { isOpen: false });
    let calledBack = 0;
    lab.intakes.get('in')?.onRoom(() => (calledBack += 1));
    const answers: boolean[] = [];
    for (let count = 0; count < 6; count++) {
      answers.push(origin.push(reading(count)));
      await time.settle();
    }
    expect(answers).toEqual([true, true, true, true, true, false]);
    const finishOne = async () => {
      lab.calls.shift()?.accept();
      await time.settle();
    };
    await finishOne();
    await finishOne();
    expect(calledBack).toBe(0);
    await finishOne();
    expect(calledBack).toBe(1);
    await finishOne();
    expect(calledBack).toBe(1);
    expect(origin.push(reading('more'))).toBe(true);
  });

  it('[EN5] lets a source go on that leads elsewhere', async () => {
    const nodes = {
      in: 'bring',
      two: 'bring',
      s: { type: 'send', config: { queue: 1 } },
      a: 'pass',
    } as const;
    const { lab, time, origin } = await runFlow(drawFlow(nodes, 'in>s', 'two>a'), { isOpen: false });
    for (let count = 0; count < 3; count++) origin.push(reading(count));
    await time.settle();
    expect(origin.push(reading('more'))).toBe(false);
    expect(lab.intakes.get('two')?.push('out', reading(1))).toBe(true);
  });

  it('[EN5] holds a node that waits back from a full queue behind it', async () => {
    const nodes = {
      in: 'bring',
      first: 'send',
      second: { type: 'send', config: { queue: 2 } },
    } as const;
    const { lab, time, origin } = await runFlow(drawFlow(nodes, 'in>first', 'first>second'), {
      isOpen: false,
    });
    for (let count = 0; count < 10; count++) origin.push(reading(count));
    await time.settle();
    for (let round = 0; round < 8; round++) {
      const at = lab.calls.findIndex(({ node }) => node === 'first');
      if (at >= 0) lab.calls.splice(at, 1)[0]?.accept();
      await time.settle();
    }
    expect(lab.calls.map(({ node }) => node)).toEqual(['second']);
    lab.calls.shift()?.accept();
    await time.settle();
    lab.calls.shift()?.accept();
    await time.settle();
    expect(lab.calls.map(({ node }) => node).sort()).toEqual(['first', 'second']);
  });

  it('[EN5] bounds what is under way without any queue, counting what was not yet acknowledged', async () => {
    const { time, origin } = await runFlow(sending({ queue: 100_000 }), { isOpen: false });
    let taken = 0;
    while (origin.push(reading(taken))) taken += 1;
    // The last one was taken too, though there was no room left.
    expect(taken + 1).toBe(4_096);
    await time.settle();
    expect(origin.push(reading('more'))).toBe(false);
  });

  it('[EN5] puts aside what would be more than a queue may ever hold, with a sentence', async () => {
    const nodes = { in: 'bring', burst: 'burst', s: 'send' } as const;
    const { time, origin, store, flow } = await runFlow(drawFlow(nodes, 'in>burst', 'burst>s'), {
      isOpen: false,
    });
    origin.push(reading(100_003));
    await time.settle();
    expect(flow.taps.nodes()['s']).toMatchObject({ waiting: 100_000, errors: 3, deadLetters: 3 });
    expect(store.deadLetters('flow').map(({ node }) => node)).toEqual(['s', 's', 's']);
    expect(store.deadLetters('flow')[0]?.sentence).toContain('More than 100000 messages wait at this node');
  });

  it('[EN5] keeps timers waiting while what they lead to is full, and loses none of them', async () => {
    const nodes = {
      in: 'bring',
      hold: { type: 'hold', config: { ms: 100 } },
      s: { type: 'send', config: { queue: 1 } },
    } as const;
    const { lab, time, origin } = await runFlow(drawFlow(nodes, 'in>hold', 'hold>s'), { isOpen: false });
    for (let count = 0; count < 4; count++) {
      origin.push(reading(count));
      await time.runUntil(TEST_START + 10 * (count + 1));
    }
    await time.runUntil(TEST_START + 1_000);
    lab.isOpen = true;
    for (const call of lab.calls.splice(0)) call.accept();
    await time.runUntil(TEST_START + 1_100);
    expect(lab.accepted).toEqual([0, 1, 2, 3]);
  });
});
