import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flowSchema } from '@sluice/shared/flow/flow.ts';
import { expect, it, onTestFinished } from 'vitest';
import type { StateQuestion } from './protocol.ts';
import { startTestingRunner } from './testingRunner.ts';

const flow = flowSchema.parse({
  format: 1,
  id: 'slow',
  name: 'Slow',
  nodes: [
    { id: 'by-hand', type: 'inject', position: { x: 0, y: 0 }, config: {} },
    { id: 'hold', type: 'debounce', position: { x: 200, y: 0 }, config: { quiet: '1h' } },
  ],
  wires: [{ from: ['by-hand', 'out'], to: ['hold', 'in'] }],
});

const LOOK: StateQuestion = { about: 'state', node: 'hold', search: undefined, after: undefined, limit: 10 };

it('[EN9 EN10] a runner answers for a flow that runs from what it has, and for one that is stopped from its store', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-ask-state-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const runner = startTestingRunner(folder, []);
  onTestFinished(runner.close);
  const ask = (question: StateQuestion) =>
    runner.ask((request) => ({ kind: 'askState', request, flow, question }));
  const stop = () => runner.ask((request) => ({ kind: 'stop', request, flow: flow.id, forget: false }));
  expect(await ask(LOOK)).toMatchObject({ ok: true, value: { total: 0 } });
  await runner.deploy(flow);
  const inject = { flow: flow.id, node: 'by-hand', port: undefined, message: undefined };
  await runner.ask((request) => ({ kind: 'inject', request, ...inject }));
  expect(await ask(LOOK)).toMatchObject({ value: { total: 1, timers: 1 } });
  await stop();
  expect(await ask(LOOK)).toMatchObject({ value: { total: 1, timers: 1 } });
  expect(await ask({ about: 'clearState', node: 'hold', key: undefined })).toMatchObject({ value: 1 });
  await runner.deploy(flow);
  expect(await ask(LOOK)).toMatchObject({ value: { total: 0, timers: 0 } });
  await stop();
  expect(await ask({ ...LOOK, node: 'gone' })).toMatchObject({ ok: false, code: 'not-found' });
});
