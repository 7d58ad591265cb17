import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { Payload } from '@sluice/shared/message/message.ts';
import type { NodeCatalog } from '@sluice/shared/node/catalog.ts';
import type { ScenarioOutcome } from '@sluice/shared/protocol/running.ts';
import type { ScenarioResult } from './runScenario.ts';

/** Differences that are told of one scenario; the first are what matters. */
const MOST_TOLD = 20;
const MOST_CHARS = 300;

/** What became of a scenario, for people: each difference a sentence, with the names of nodes as they stand on the canvas. */
export function outcomeOf(result: ScenarioResult, flow: Flow, catalog: NodeCatalog): ScenarioOutcome {
  const nameOf = (id: string): string => {
    const node = flow.nodes.find((one) => one.id === id);
    return node?.name ?? catalog.get(node?.type ?? '')?.definition.title ?? id;
  };
  const differences = [
    ...result.problems.filter(({ severity }) => severity === 'error').map(({ sentence }) => sentence),
    ...(result.refused === undefined ? [] : [result.refused]),
    ...result.mismatches.map((mismatch) => {
      const { node, number, expected, got, sentence } = mismatch;
      const where = `${nameOf(node)}, message ${number}: ${sentence}`;
      if (got === undefined) return `${where}, and ${inWords(expected?.message ?? {})} was expected.`;
      return expected === undefined ? `${where}, and ${inWords(got.message)} came.` : `${where}.`;
    }),
    ...(result.isPassed
      ? []
      : result.failures.map(({ node, sentence }) => `${nameOf(node)} failed on a message: ${sentence}`)),
  ];
  const left = differences.length - MOST_TOLD;
  return {
    name: result.name,
    isPassed: result.isPassed,
    differences: [...differences.slice(0, MOST_TOLD), ...(left > 0 ? [`And ${left} more.`] : [])],
  };
}

interface Told {
  readonly payload?: Payload | undefined;
  readonly topic?: string | undefined;
  readonly device?: string | undefined;
}

/** What of a message people look for: what it says, and of which device or on which topic. */
function inWords({ payload, topic = '', device }: Told): string {
  const about = topic !== '' ? ` on ${topic}` : device === undefined ? '' : ` of ${device}`;
  return payload === undefined ? `a message${about}` : `${shown(payload)}${about}`;
}

function shown(value: Payload): string {
  const text = value instanceof Uint8Array ? `${value.length} bytes` : JSON.stringify(value);
  return text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}…` : text;
}
