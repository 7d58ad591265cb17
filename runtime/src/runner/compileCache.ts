import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';

/** The folder where this process keeps compiled code, for those that it starts; `undefined` where it keeps none. */
export function compileCacheFolder(): string | undefined {
  const ofThisVersion = getCompileCacheDir();
  // Node makes a folder for its version below the one that it was given.
  return ofThisVersion === undefined ? undefined : dirname(ofThisVersion);
}
