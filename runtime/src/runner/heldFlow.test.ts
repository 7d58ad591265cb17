import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import { flowSchema } from '@sluice/shared/flow/flow.ts';
import { createMessage } from '@sluice/shared/message/message.ts';
import { afterEach, expect, it } from 'vitest';
import type { Notice } from '../engine/shell.ts';
import type { TestingRunner } from './testingRunner.ts';
import { startTestingRunner } from './testingRunner.ts';
import { newId } from './time.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** A built-in that does not come back: no time limit inside the isolate ends it, only the end of the process does. */
const HOSTILE = `if (message.payload.stop) return message; Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1); return message;`;

function flow(id: string, code: string): Flow {
  return flowSchema.parse({
    format: 1,
    id,
    name: id,
    nodes: [
      { id: 'press', type: 'inject', position: { x: 0, y: 0 } },
      { id: 'code', type: 'function', position: { x: 240, y: 0 }, config: { code } },
      { id: 'show', type: 'debug', position: { x: 480, y: 0 } },
    ],
    wires: [
      { from: ['press', 'out'], to: ['code', 'in'] },
      { from: ['code', 'out'], to: ['show', 'in'] },
    ],
  });
}

function press(runner: TestingRunner, id: string, payload: { readonly stop: boolean }) {
  const message = createMessage({ id: newId(), time: 0, payload });
  return runner.ask((request) => ({
    kind: 'inject',
    request,
    flow: id,
    node: 'press',
    port: 'out',
    message,
  }));
}

function notices({ told }: TestingRunner): readonly Notice[] {
  return told.flatMap((message) => (message.kind === 'notices' ? message.notices : []));
}

it('[EN13] a flow whose code ends the sandbox again and again is held; the others go on; a deploy lets it run', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-held-'));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  const runner = startTestingRunner(folder, []);
  closers.push(runner.close);
  await runner.deploy(flow('hostile', HOSTILE));
  await runner.deploy(flow('good', 'return message;'));
  for (let count = 0; count < 3; count += 1) await press(runner, 'hostile', { stop: false });

  const held = () => notices(runner).find((notice) => notice.kind === 'flow' && notice.state === 'held');
  await runner.until(() => held() !== undefined);
  expect(held()).toMatchObject({ flow: 'hostile' });
  expect(await press(runner, 'hostile', { stop: true })).toMatchObject({ ok: false, code: 'not-found' });

  const shown = (id: string) =>
    notices(runner).some((notice) => notice.kind === 'debug' && notice.flow === id);
  await press(runner, 'good', { stop: true });
  await runner.until(() => shown('good'));
  expect(await runner.deploy(flow('hostile', HOSTILE), 2)).toMatchObject({ ok: true });
  await press(runner, 'hostile', { stop: true });
  await runner.until(() => shown('hostile'));
}, 60_000);
