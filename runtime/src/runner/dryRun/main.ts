// A process for dry runs and scenarios. The server starts it, gives it one task after another over the IPC channel, and
// ends it when a task takes too long or none is left. It has no connection, no secret and no folder.
import { catalog } from '@sluice/nodes/catalog.ts';
import { runners } from '@sluice/nodes/runners.ts';
import { SluiceError } from '@sluice/shared/errors.ts';
import type { ScenarioOutcome } from '@sluice/shared/protocol/running.ts';
import { createSandbox } from '../../sandbox/createSandbox.ts';
import { RunnerDevices } from '../deviceDirectory.ts';
import { outcomeOf } from '../scenario/outcome.ts';
import { runScenario } from '../scenario/runScenario.ts';
import { systemTime } from '../time.ts';
import type { DryParts } from './dryRun.ts';
import { dryRun } from './dryRun.ts';
import type { DryAnswer, DryResults, DryTask } from './messages.ts';

const sandbox = createSandbox();

function partsFor({ devices, telemetry }: DryTask): DryParts {
  return {
    catalog,
    implementations: runners,
    sandbox,
    devices: new RunnerDevices(devices, telemetry),
    stopwatch: () => systemTime.now(),
  };
}

function perform(task: DryTask): Promise<DryResults[keyof DryResults]> {
  return task.kind === 'dryRun' ? dryRun(task.request, partsFor(task)) : runAll(task);
}

async function runAll(task: Extract<DryTask, { kind: 'scenarios' }>): Promise<readonly ScenarioOutcome[]> {
  const outcomes: ScenarioOutcome[] = [];
  const parts = partsFor(task);
  for (const scenario of task.scenarios) {
    outcomes.push(outcomeOf(await runScenario(task.flow, scenario, parts), task.flow, catalog));
  }
  return outcomes;
}

async function answer(task: DryTask): Promise<DryAnswer> {
  try {
    return { ok: true, value: await perform(task) };
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error);
    return { ok: false, code: error instanceof SluiceError ? error.code : 'internal', sentence };
  }
}

async function receive(task: DryTask): Promise<void> {
  const answered = await answer(task);
  if (process.connected) process.send?.(answered, undefined, undefined, () => undefined);
}

process.on('message', (task) => void receive(task as DryTask));
process.on('disconnect', () => process.exit(0));
// Ctrl-C in a terminal reaches every process of the group; when to end is the server's to say.
process.on('SIGINT', () => undefined);
