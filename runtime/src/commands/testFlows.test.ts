import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { runCli } from './cli.ts';
import { testingTerminal } from './testingTerminal.ts';

const EXAMPLE = fileURLToPath(new URL('../../../examples/freezer-too-warm.json', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sluice-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The example with one thing replaced. */
function changed(from: string, to: string): string {
  const file = join(folder, 'flow.json');
  const text = readFileSync(EXAMPLE, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replaceAll(from, to));
  return file;
}

async function test(...files: string[]) {
  const terminal = testingTerminal();
  return { code: await runCli(['test', ...files], terminal), lines: terminal.printed };
}

it('scenarios that hold are exit 0, with a tick for each', async () => {
  const { code, lines } = await test(EXAMPLE);
  expect(code).toBe(0);
  expect(lines).toContain('  ✓ Too warm for ten minutes raises once, cold again clears');
  expect(lines.at(-1)).toMatch(/^\d+ passed$/);
});

it('one that does not is exit 1, with what was expected beside what came', async () => {
  const { code, lines } = await test(changed('"raiseAfter": "10m"', '"raiseAfter": "11m"'));
  expect(code).toBe(1);
  expect(lines).toContain('  ✗ Too warm for ten minutes raises once, cold again clears');
  expect(lines.join('\n')).toMatch(
    /message 1 at “publish”: it came after 660 s, and 600 s was expected\n +expected {2}\{.*\n +got {7}\{.*after 660 s/,
  );
});

it('a flow that does not compile is exit 1 with its problems, and one without scenarios proves nothing', async () => {
  const broken = await test(changed('"type": "threshold"', '"type": "magic"'));
  expect(broken.code).toBe(1);
  expect(broken.lines.join('\n')).toContain('“magic”');
  const file = join(folder, 'empty.json');
  writeFileSync(file, '{"format":1,"id":"e","name":"E","nodes":[],"wires":[]}');
  const empty = await test(file);
  expect(empty.code).toBe(1);
  expect(empty.lines.at(-1)).toBe('There is no scenario to run.');
});
