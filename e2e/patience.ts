import { setTimeout as pause } from 'node:timers/promises';

/**
 * Waits for `work`, `ms` at most, then rejects with the sentence: what would wait until the test ends says what it
 * waited for. `work` itself goes on.
 */
export async function within<T>(ms: number, work: Promise<T>, sentence: () => string): Promise<T> {
  const over = new AbortController();
  const giveUp = pause(ms, undefined, { signal: over.signal }).then(() => {
    throw new Error(sentence());
  });
  try {
    return await Promise.race([work, giveUp]);
  } finally {
    over.abort();
    giveUp.catch(() => undefined);
  }
}
