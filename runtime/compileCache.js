// Where Node keeps the compiled code of Sluice. With it a process starts sooner and never loads the compiler of
// TypeScript, which alone takes 25 MB. Plain JavaScript: it is read before that compiler could be needed.
import * as nodeModule from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Beside the packages, because it belongs to this copy of the code and may be written by whoever installed it. */
const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '../node_modules/.cache/sluice');

/** Exists when `warm.js` has run; newer than each source that it has seen. */
export const WARMED = join(FOLDER, 'warmed');

/**
 * Garbage is looked for when the heap has grown to two and a half times its size, not to five: 50 MB less in a runner
 * under load, for no time that can be measured; at one and a half it would be 20 MB less again, for a quarter more time
 * and longer pauses (`npm run bench -- mqtt`). Here, because code that was compiled under other
 * flags is not taken: `KEPT_FLAGS` in `src/runner/compileCache.ts` says the same for processes that a server starts.
 */
const HEAP_FLAG = '--heap-growing-percent=150';

/** From here on, compiled code is taken from the folder and kept in it. One that cannot be written keeps nothing. */
export function keepCompiledCode() {
  setFlagsFromString(HEAP_FLAG);
  nodeModule.enableCompileCache(FOLDER);
}
