import type { Outbox } from '@sluice/shared/protocol/running.ts';
import { describe, expect, it } from 'vitest';
import { formatBytes, outboxFoot } from './outboxWords.ts';

const OUTBOX: Outbox = {
  flow: 'f',
  node: 'out',
  name: 'Out',
  state: 'away',
  sentence: 'The broker is away.',
  waiting: 312,
  bytes: 10,
  maxBytes: 100,
  oldestAt: 0,
  dropped: 0,
};

describe('what waits for a target, in words', () => {
  it('[EN8] says how the target is, how many messages wait, and for how long the oldest does', () => {
    expect(outboxFoot(OUTBOX, 200_000)).toBe('Away · 312 wait · 3 min');
    expect(outboxFoot({ ...OUTBOX, state: 'sending', waiting: 1 }, 0)).toBe('Sending · 1 waits · 0 s');
    const { oldestAt: _, ...empty } = { ...OUTBOX, waiting: 0 };
    expect(outboxFoot({ ...empty, state: 'full' }, 0)).toBe('Full · 0 wait');
  });

  it('[EN8] says nothing where nothing waits', () => {
    expect(outboxFoot({ ...OUTBOX, waiting: 0 }, 0)).toBeUndefined();
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [4_200, '4.2 kB'],
    [64_000_000, '64 MB'],
    [12_000_000_000_000, '12000 GB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});
