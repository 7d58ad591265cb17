import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

/** `sluice start` in a process of its own. */
function startProcess() {
  const data = mkdtempSync(join(tmpdir(), 'sluice-main-'));
  const program = join(import.meta.dirname, 'main.ts');
  const ports = ['--port', '0', '--mqtt-port', '0'];
  const child = spawn(process.execPath, ['--no-node-snapshot', program, 'start', '--data', data, ...ports]);
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    // A runner that lost its server writes for a moment yet.
    rmSync(data, { recursive: true, force: true, maxRetries: 20 });
  });
  let said = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      for (const listener of listeners) listener();
    });
  }
  const until = (text: string) =>
    new Promise<void>((resolve) => {
      const look = (): void => void (said.includes(text) && resolve());
      listeners.add(look);
      look();
    });
  return { child, ended, until };
}

describe('the process of sluice start', () => {
  it('SIGTERM lets what is under way finish and ends it with 0', async () => {
    const { child, ended, until } = startProcess();
    await until('Ctrl-C stops it.');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it('SIGTERM while it starts ends it, too', async () => {
    const { child, ended, until } = startProcess();
    await until('Data folder');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it('a second Ctrl-C ends it at once', async () => {
    const { child, ended, until } = startProcess();
    await until('Ctrl-C stops it.');
    child.kill('SIGINT');
    await until('Once more ends at once.');
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
  });
});
