// Where Node keeps the compiled code of Sluice. With it a process starts sooner and never loads the compiler of
// TypeScript, which alone takes 25 MB. Plain JavaScript: it is read before that compiler could be needed.
import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Beside the packages, because it belongs to this copy of the code and may be written by whoever installed it. */
const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '../node_modules/.cache/sluice');

/** Exists when `warm.js` has run; newer than each source that it has seen. */
export const WARMED = join(FOLDER, 'warmed');

/** From here on, compiled code is taken from the folder and kept in it. One that cannot be written keeps nothing. */
export function keepCompiledCode() {
  nodeModule.enableCompileCache(FOLDER);
}
