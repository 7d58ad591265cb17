import { describe, expect, it } from 'vitest';
import { createLogBuffer, LOG_CAP } from './logBuffer.ts';
import { createRates } from './rates.ts';

describe('[EN14] rates', () => {
  it('are messages a second over the last three seconds', () => {
    const rates = createRates();
    let last: Record<string, [number, number]> = {};
    for (let tick = 0; tick <= 40; tick++) last = rates.next({ w: tick * 25 }, tick * 250);
    expect(last).toEqual({ w: [1_000, 100] });
  });

  it('of one message a second are steady', () => {
    const rates = createRates();
    const seen = new Set<number | undefined>();
    for (let tick = 0; tick <= 40; tick++) {
      const rate = rates.next({ w: Math.floor(tick / 4) }, tick * 250)['w']?.[1];
      if (tick > 12) seen.add(rate);
    }
    expect([...seen]).toEqual([1]);
  });

  it('start at nothing, for a new wire too, and anew when the flow did', () => {
    const rates = createRates();
    expect(rates.next({ a: 7 }, 0)).toEqual({ a: [7, 0] });
    expect(rates.next({ a: 9, b: 4 }, 1_000)).toEqual({ a: [9, 2], b: [4, 4] });
    expect(rates.next({ a: 1 }, 2_000)).toEqual({ a: [1, 0] });
  });
});

describe('the buffer of the message panel', () => {
  it('keeps what a person can read and counts the rest', () => {
    const buffer = createLogBuffer();
    expect(buffer.isEmpty).toBe(true);
    for (let index = 0; index < LOG_CAP + 7; index++) {
      buffer.add('a', () => ({ id: String(index), at: 0, kind: 'log', text: '' }));
    }
    buffer.skip('a', 3);
    const [log] = buffer.take();
    expect([log?.flow, log?.entries.length, log?.skipped]).toEqual(['a', LOG_CAP, 10]);
    expect(buffer.take()).toEqual([]);
  });
});
