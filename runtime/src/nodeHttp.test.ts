import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** Which built-in modules a process has loaded after it has loaded ours. */
function loadedWith(module: string): readonly string[] {
  const url = new URL(module, import.meta.url).href;
  const code = `await import(${JSON.stringify(url)}); console.log(process.moduleLoadList.join('\\n')); process.exit()`;
  const args = ['--input-type=module', '--eval', code];
  return execFileSync(process.execPath, args, {
    encoding: 'utf8',
    cwd: fileURLToPath(new URL('.', import.meta.url)),
  })
    .split('\n')
    .map((line) => line.replace('NativeModule ', ''));
}

it('server and runner load no second HTTP client, which would take 14 MB in each', {
  timeout: 30_000,
}, () => {
  for (const module of ['server/startServer.ts', 'runner/main.ts']) {
    const loaded = loadedWith(module);
    expect(loaded).toContain('sqlite');
    expect(loaded).not.toContain('internal/deps/undici/undici');
    expect(loaded).not.toContain('http2');
  }
});

it('a runner whose flows call nothing loads no HTTP client at all, its own neither', {
  timeout: 30_000,
}, () => {
  expect(loadedWith('connections/httpRequest.ts')).not.toContain('http');
});
