import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { KEPT_FLAGS } from './src/runner/compileCache.ts';

const SERVER = fileURLToPath(new URL('compileCache.js', import.meta.url));

/** Where a process keeps compiled code; Node takes another folder for other flags. */
function folderOf(
  flags: readonly string[],
  code: string,
  environment: Readonly<Record<string, string>> = {},
) {
  const program = `${code}; console.log(process.getBuiltinModule('node:module').getCompileCacheDir())`;
  const args = [...flags, '--input-type=module', '--eval', program];
  return execFileSync(process.execPath, args, { encoding: 'utf8', env: environment }).trim();
}

it('takes in a runner the code that was compiled ahead for it, whatever the size of its heap', () => {
  const own = folderOf(
    [],
    `const { keepCompiledCode } = await import(${JSON.stringify(SERVER)}); keepCompiledCode()`,
  );
  const runner = folderOf([...KEPT_FLAGS, '--max-semi-space-size=16'], '', {
    NODE_COMPILE_CACHE: dirname(own),
  });
  expect(own).toContain('node_modules/.cache/sluice');
  expect(runner).toBe(own);
});
