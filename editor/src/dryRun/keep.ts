import type { Flow, Scenario } from '@sluice/shared/flow/flow.ts';
import { SCENARIO_START } from '@sluice/shared/flow/scenarioStart.ts';
import type { Json } from '@sluice/shared/message/message.ts';
import { isJsonObject } from '@sluice/shared/message/message.ts';
import type { DryInput, DryRun } from '@sluice/shared/protocol/running.ts';
import type { ShownMessage } from '@sluice/shared/protocol/shown.ts';
import { MASK } from '@sluice/shared/protocol/shown.ts';
import { durationText } from './offset.ts';

type ScenarioMessage = Scenario['input'][number];

/** Nodes from which no wire goes on: what arrives there is what a flow does. */
export function endsOf(flow: Flow): ReadonlySet<string> {
  const left = new Set(flow.wires.map(({ from }) => from[0]));
  return new Set(flow.nodes.filter(({ id }) => !left.has(id)).map(({ id }) => id));
}

/** A scenario that brings in these messages and expects exactly what the dry run, on all of the flow, brought to its ends. */
export function scenarioOf(
  name: string,
  inputs: readonly DryInput[],
  runFor: string,
  run: DryRun,
  flow: Flow,
): Scenario {
  const ends = endsOf(flow);
  return {
    name,
    input: inputs.map(({ node, port, time, device, topic, payload, headers }) => ({
      at: durationText(time - SCENARIO_START),
      node,
      ...(port === undefined ? {} : { port }),
      message: {
        ...(topic === '' ? {} : { topic }),
        ...(device === undefined ? {} : { device }),
        payload,
        ...(Object.keys(headers).length === 0 ? {} : { headers }),
      },
    })),
    expect: run.steps.flatMap(({ node, at, in: came }): ScenarioMessage[] =>
      came === undefined || !ends.has(node)
        ? []
        : [{ at: durationText(at - SCENARIO_START), node, message: expectedOf(came) }],
    ),
    runFor,
  };
}

/** All of a message that is known here: what was cut or masked is not asked for. */
function expectedOf({ device, topic, payload, headers, cut }: ShownMessage): ScenarioMessage['message'] {
  const known = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== MASK));
  return {
    ...(topic === '' ? {} : { topic }),
    ...(device === undefined ? {} : { device }),
    ...(cut === undefined ? { payload: withoutMasked(payload) } : {}),
    ...(Object.keys(known).length === 0 ? {} : { headers: known }),
  };
}

function withoutMasked(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutMasked);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== MASK)
      .map(([key, inner]) => [key, withoutMasked(inner)]),
  );
}

/** A name that no other scenario has: `Too warm`, `Too warm 2`. */
export function freeName(wanted: string, taken: readonly string[]): string {
  const name = wanted.trim().slice(0, 190) || 'Scenario';
  if (!taken.includes(name)) return name;
  for (let number = 2; ; number++) {
    if (!taken.includes(`${name} ${number}`)) return `${name} ${number}`;
  }
}
