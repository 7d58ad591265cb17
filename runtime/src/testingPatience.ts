import { vi } from 'vitest';

/** A bound for what hangs, not for what is slow: below the 30 s of a test, far above what a busy machine takes. */
const PATIENCE_MS = 20_000;

/**
 * Resolves with what `check` gives as soon as it throws no more; for what comes over real sockets and processes.
 * It is tried every `interval` milliseconds.
 */
export function eventually<T>(check: () => T | Promise<T>, interval = 50): Promise<T> {
  return vi.waitFor(check, { timeout: PATIENCE_MS, interval });
}
