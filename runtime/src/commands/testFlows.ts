import { catalog } from '@sluice/nodes/catalog.ts';
import { runners } from '@sluice/nodes/runners.ts';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import { SCENARIO_START } from '@sluice/shared/flow/scenarioStart.ts';
import type { Mismatch } from '../runner/scenario/compare.ts';
import type { ScenarioResult } from '../runner/scenario/runScenario.ts';
import { runScenario } from '../runner/scenario/runScenario.ts';
import type { VirtualParts } from '../runner/scenario/virtualRun.ts';
import { createSandbox } from '../sandbox/createSandbox.ts';
import type { Arguments, ExitCode, Terminal } from './command.ts';
import { EXIT } from './command.ts';
import { readFlowFile } from './flowFile.ts';

/** `sluice test`: the scenarios of each file; exit code 1 when one fails, or when there is none. */
export async function testFlows({ files }: Arguments, terminal: Terminal): Promise<ExitCode> {
  const flows = files.map((file) => ({ file, flow: readFlowFile(file) }));
  const sandbox = createSandbox();
  try {
    let passed = 0;
    let failed = 0;
    for (const { file, flow } of flows) {
      terminal.out(`${flow.name} (${file})`);
      for (const result of await testFlow(flow, { catalog, implementations: runners, sandbox }, terminal)) {
        if (result.isPassed) passed += 1;
        else failed += 1;
      }
    }
    terminal.out(summaryOf(passed, failed));
    return failed === 0 && passed > 0 ? EXIT.ok : EXIT.failed;
  } finally {
    await sandbox.close();
  }
}

async function testFlow(
  flow: Flow,
  parts: VirtualParts,
  terminal: Terminal,
): Promise<readonly ScenarioResult[]> {
  if (flow.scenarios.length === 0) terminal.out('  has no scenarios');
  const results: ScenarioResult[] = [];
  for (const scenario of flow.scenarios) {
    if (terminal.asked.aborted) break;
    const result = await runScenario(flow, scenario, parts);
    for (const line of linesOf(result)) terminal.out(line);
    results.push(result);
  }
  return results;
}

function summaryOf(passed: number, failed: number): string {
  if (passed + failed === 0) return 'There is no scenario to run.';
  return failed === 0 ? `${passed} passed` : `${passed} passed, ${failed} failed`;
}

/** One scenario for reading: what was expected beside what came. */
function linesOf(result: ScenarioResult): readonly string[] {
  if (result.isPassed) return [`  ✓ ${result.name}`];
  return [
    `  ✗ ${result.name}`,
    ...result.problems.map((problem) => `      ${problem.sentence}`),
    ...(result.refused === undefined ? [] : [`      ${result.refused}`]),
    ...result.mismatches.flatMap(mismatchLines),
    ...result.failures.map(
      ({ node, sentence }) => `      the node “${node}” failed on a message: ${sentence}`,
    ),
  ];
}

function mismatchLines({ node, number, expected, got, sentence }: Mismatch): readonly string[] {
  const lines = [`      message ${number} at “${node}”: ${sentence}`];
  if (expected !== undefined) lines.push(`        expected  ${shown(expected.message)}`);
  if (got !== undefined) {
    const { topic, device, payload, headers } = got.message;
    const after = `after ${(got.at - SCENARIO_START) / 1_000} s`;
    lines.push(`        got       ${shown({ topic, device, payload, headers })} ${after}`);
  }
  return lines;
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner instanceof Uint8Array ? `${inner.length} bytes` : inner,
  );
}
