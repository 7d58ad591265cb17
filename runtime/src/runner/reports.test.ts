import { createMessage } from '@sluice/shared/message/message.ts';
import { describe, expect, it } from 'vitest';
import { fakeTime } from './fakeTime.ts';
import type { RunnerMessage } from './protocol.ts';
import { Reports } from './reports.ts';
import { roughSize } from '../engine/roughSize.ts';

function reports() {
  const time = fakeTime();
  const sent: RunnerMessage[] = [];
  return { time, sent, made: new Reports(time, (message) => sent.push(message)) };
}

const message = createMessage({ id: 'm', time: 0 });

describe('[EN14] what the runner tells of by itself', () => {
  it('is gathered for 100 ms; of a status only the last is sent', () => {
    const { time, sent, made } = reports();
    made.notice({ kind: 'status', flow: 'f', node: 'a', status: { state: 'waiting', text: 'connecting' } });
    made.notice({ kind: 'status', flow: 'f', node: 'a', status: { state: 'ok', text: 'connected' } });
    made.notice({ kind: 'log', flow: 'f', node: 'a', text: 'hello' });
    made.sample('f', 'a.out>b.in', message);
    time.advance(99);
    expect(sent).toEqual([]);
    time.advance(1);
    expect(sent).toEqual([
      { kind: 'status', flow: 'f', nodes: { a: { state: 'ok', text: 'connected' } } },
      { kind: 'values', flow: 'f', samples: [{ wire: 'a.out>b.in', message }] },
      { kind: 'notices', notices: [{ kind: 'log', flow: 'f', node: 'a', text: 'hello' }], skipped: 0 },
    ]);
    time.advance(1_000);
    expect(sent).toHaveLength(3);
    expect(time.pending()).toBe(0);
  });

  it('at most 200 notices a second go out, the rest is counted; what concerns the flow always does', () => {
    const { time, sent, made } = reports();
    for (let count = 0; count < 500; count += 1)
      made.notice({ kind: 'log', flow: 'f', node: 'a', text: 'x' });
    made.notice({ kind: 'flow', flow: 'f', state: 'held', sentence: 'held' });
    time.advance(100);
    const [first] = sent;
    expect(first?.kind === 'notices' && [first.notices.length, first.skipped]).toEqual([201, 300]);
    time.advance(1_000);
    made.notice({ kind: 'log', flow: 'f', node: 'a', text: 'x' });
    made.flush();
    expect(sent[1]).toMatchObject({ kind: 'notices', skipped: 0 });
  });

  it('large messages are left out when there are too many of them, and counted', () => {
    const { sent, made } = reports();
    const large = createMessage({ id: 'm', time: 0, payload: 'x'.repeat(900_000) });
    for (let count = 0; count < 10; count += 1)
      made.notice({ kind: 'debug', flow: 'f', node: 'a', label: '', message: large });
    made.flush();
    const [first] = sent;
    expect(first?.kind === 'notices' && [first.notices.length, first.skipped]).toEqual([3, 7]);
  });

  it('the size of a payload is counted no further than it has to be', () => {
    expect(roughSize('x'.repeat(100), 1_000)).toBe(108);
    expect(roughSize(new Uint8Array(50), 1_000)).toBe(58);
    expect(roughSize({ a: [1, 2], b: 'xyz' }, 1_000)).toBe(8 * 5 + 2 + 3);
    const wide = Array.from({ length: 1_000_000 }, () => 1);
    expect(roughSize(wide, 1_000)).toBeLessThan(2_000);
  });

  it('samples are bounded too', () => {
    const { sent, made } = reports();
    for (let count = 0; count < 5_000; count += 1) made.sample('f', 'w', message);
    made.flush();
    const [first] = sent;
    expect(first?.kind === 'values' && first.samples.length).toBe(1_000);
  });
});
