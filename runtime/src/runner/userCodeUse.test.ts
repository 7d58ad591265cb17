import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import { flowSchema } from '@sluice/shared/flow/flow.ts';
import { expect, it, onTestFinished } from 'vitest';
import { startTestingRunner } from './testingRunner.ts';

const flowOf = (id: string, code: string): Flow =>
  flowSchema.parse({
    format: 1,
    id,
    name: id,
    nodes: [
      { id: 'by-hand', type: 'inject', position: { x: 0, y: 0 }, config: {} },
      { id: 'fn', type: 'function', position: { x: 200, y: 0 }, config: { code } },
    ],
    wires: [{ from: ['by-hand', 'out'], to: ['fn', 'in'] }],
  });

it('[EN13] a runner tells by flow what its user code takes: of the one that burns time, not of its neighbours', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-user-code-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const runner = startTestingRunner(folder, []);
  onTestFinished(runner.close);
  await runner.deploy(flowOf('busy', 'for (let i = 0; i < 1e7; i++) Math.sqrt(i);\nreturn message;'));
  await runner.deploy(flowOf('quiet', 'return message;'));
  const inject = (flow: string) =>
    runner.ask((request) => ({
      kind: 'inject',
      request,
      flow,
      node: 'by-hand',
      port: undefined,
      message: undefined,
    }));
  // Short calls, so that none is ended for taking too long where the machine is busy.
  for (let calls = 0; calls < 10; calls++) expect(await inject('busy')).toMatchObject({ ok: true });
  const userCodeOf = (flow: string) =>
    runner.told.findLast((told) => told.kind === 'counters' && told.flow === flow);
  const cpuMsOf = (flow: string): number => {
    const told = userCodeOf(flow);
    return told?.kind === 'counters' ? (told.userCode?.cpuMs ?? 0) : 0;
  };
  await runner.until(() => cpuMsOf('busy') > 20);
  expect(cpuMsOf('quiet')).toBeLessThan(10);
}, 40_000);
