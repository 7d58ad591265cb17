import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';

const SLUICE = join(import.meta.dirname, 'sluice.js');

/** The command as a shell calls it: by its first line, which asks for `node`. */
function call(...argv: string[]) {
  const path = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  const child = spawn(SLUICE, argv, { env: { ...process.env, PATH: path } });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

it('is the command: it takes arguments and answers with the exit code', async () => {
  const child = call('start', '--fly');
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  expect(await once(child, 'close')).toEqual([2, null]);
  expect(said).toBe('sluice start has no option “--fly”. See sluice start --help.\n');
});

it('starts the server in the process that was called, set up to be small, and ends it when asked to', async () => {
  const data = mkdtempSync(join(tmpdir(), 'sluice-command-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const child = call('start', '--data', data, '--port', '0', '--mqtt-port', '0', '--demo', '0', '--json');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  expect(JSON.parse(line)).toMatchObject({ event: 'ready' });
  if (process.platform === 'linux') {
    expect(readFileSync(`/proc/${child.pid}/cmdline`, 'utf8')).toContain('--max-semi-space-size=2');
    expect(readFileSync(`/proc/${child.pid}/environ`, 'utf8')).toContain('MALLOC_TRIM_THRESHOLD_=131072');
  }
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});
