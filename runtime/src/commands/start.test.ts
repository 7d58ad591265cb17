import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { runCli } from './cli.ts';
import { testingTerminal } from './testingTerminal.ts';

const closers: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'sluice-start-'));
  closers.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function start(data: string, ...argv: string[]) {
  const terminal = testingTerminal();
  const ports = argv.includes('--port') ? [] : ['--port', '0'];
  const ended = runCli(['start', '--data', data, '--mqtt-port', '0', ...ports, ...argv], terminal);
  closers.push(() => {
    terminal.ask();
    return ended;
  });
  return { terminal, ended };
}

describe('sluice start', () => {
  it('prints one JSON line when ready, serves, and ends when asked to', async () => {
    const { terminal, ended } = start(folder(), '--demo', '0', '--json');
    const ready = JSON.parse(await terminal.until('"ready"')) as { http: number; mqtt: number; link: string };
    expect(ready).toMatchObject({ event: 'ready', http: expect.any(Number), mqtt: expect.any(Number) });
    expect(ready.link).toContain(`http://127.0.0.1:${ready.http}/`);
    expect((await fetch(`http://127.0.0.1:${ready.http}/api/health`)).status).toBe(200);
    terminal.ask();
    expect(await ended).toBe(0);
    expect(terminal.printed).toHaveLength(1);
    for (const line of terminal.said) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  it('tells a person the steps, the address and the link, and brings the demo', async () => {
    const { terminal } = start(folder());
    await terminal.until('Ctrl-C');
    const text = terminal.printed.join('\n');
    expect(text).toMatch(/^ +\d\.\d s {2}Data folder/);
    expect(text).toContain('Virtual devices');
    expect(text).toMatch(/Sluice is ready at http:\/\/127\.0\.0\.1:\d+/);
    expect(text).toMatch(/first-start#token=/);
  });

  it('[EN13] --safe starts with all flows held, and says so', async () => {
    const { terminal } = start(folder(), '--safe', '--demo', '0', '--json');
    const ready = JSON.parse(await terminal.until('"ready"')) as { http: number };
    const health = await fetch(`http://127.0.0.1:${ready.http}/api/health`);
    expect(await health.json()).toMatchObject({ safe: true });
    expect(terminal.said.join('\n')).toContain('Safe mode: every flow is held until somebody starts it.');
  });

  it('a second one on the same folder, and a port that is taken, are told in a sentence', async () => {
    const data = folder();
    const first = start(data, '--demo', '0');
    await first.terminal.until('Ctrl-C');
    const second = start(data, '--demo', '0');
    expect(await second.ended).toBe(1);
    expect(second.terminal.said).toHaveLength(1);
    expect(second.terminal.said[0]).toContain('is in use by another Sluice');

    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    closers.push(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const third = start(folder(), '--demo', '0', '--port', String(port));
    expect(await third.ended).toBe(1);
    expect(third.terminal.said.at(-1)).toContain(`${port} is taken`);
  });
});
