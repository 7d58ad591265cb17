import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';

/**
 * How the heap grows, for processes that are to take code that was compiled ahead; the same as `compileCache.js` sets for
 * its own, and why is said there.
 */
export const KEPT_FLAGS = ['--heap-growing-percent=150'] as const;

/** The folder where this process keeps compiled code, for those that it starts; `undefined` where it keeps none. */
export function compileCacheFolder(): string | undefined {
  const ofThisVersion = getCompileCacheDir();
  // Node makes a folder for its version below the one that it was given.
  return ofThisVersion === undefined ? undefined : dirname(ofThisVersion);
}
