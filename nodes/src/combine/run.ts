import type { Message, Payload } from '@sluice/shared/message/message.ts';
import { keyOf } from '@sluice/shared/message/message.ts';
import { whatIsFound } from '@sluice/shared/message/number.ts';
import { readerOf } from '@sluice/shared/message/path.ts';
import type { NodeContext } from '@sluice/shared/node/context.ts';
import type { Emit, Step } from '@sluice/shared/node/implementNode.ts';
import { implementStep } from '@sluice/shared/node/implementNode.ts';
import type { Tally } from './decide.ts';
import { decide } from './decide.ts';
import type { CombineConfig, CombineInput } from './schema.ts';
import { combineNode, INPUTS } from './schema.ts';

/** What is known of each condition, by input, and what was said last about the whole (null: nothing yet). */
type Known = { readonly holds: { readonly [input: string]: boolean }; readonly said: boolean | null };

/** The key of what was said about all devices together. Devices have longer ids. */
const GROUP = '';
const NOTHING: Known = { holds: {}, said: null };

export const combineRunner = implementStep(
  combineNode,
  (config, context: NodeContext<Known>): Step<CombineInput, 'true' | 'false'> => {
    const used = INPUTS.slice(0, config.conditions.length);
    const readers = new Map(
      config.conditions.map(({ value }, index) => [INPUTS[index], { field: value, read: readerOf(value) }]),
    );
    const take = config.scope === 'devices' ? countDevices(config, context) : joinConditions(config, context);
    return {
      receive: (messages, emit, port) => {
        const reader = readers.get(port);
        for (const message of messages) {
          const found = reader?.read(message);
          const holds = truthOf(found);
          if (reader === undefined)
            emit.error(message, `Input ${port} is not used. The conditions are ${used.join(', ')}; add one.`);
          else if (holds === undefined)
            emit.error(
              message,
              `${reader.field} ${whatIsFound(found)}. Condition ${port} needs true or false.`,
            );
          else take(message, port, holds, emit);
        }
      },
    };
  },
);

type Take = (message: Message, input: CombineInput, holds: boolean, emit: Emit<'true' | 'false'>) => void;

function joinConditions(
  { rule, atLeast, scope, conditions }: CombineConfig,
  { state }: NodeContext<Known>,
): Take {
  return (message, input, holds, emit) => {
    const key = scope === 'device' ? keyOf(message) : GROUP;
    const known = state.get(key) ?? NOTHING;
    if (known.holds[input] === holds) return;
    const next = { ...known.holds, [input]: holds };
    const verdict = decide(rule, atLeast, tallyOf(next, conditions.length)) ?? known.said;
    state.set(key, { holds: next, said: verdict });
    if (verdict !== null && verdict !== known.said) say(verdict, message, emit);
  };
}

function countDevices(config: CombineConfig, { state }: NodeContext<Known>): Take {
  const count = config.conditions.length;
  const meets = (known: Known | undefined) =>
    known === undefined ? undefined : decide('all', count, tallyOf(known.holds, count));
  let tally = countAnew(state, meets);
  return (message, input, holds, emit) => {
    const key = keyOf(message);
    if (key === GROUP) {
      emit.error(message, 'The message has no device, and this node counts devices. Set device before it.');
      return;
    }
    const known = state.get(key);
    if (known?.holds[input] === holds) return;
    // Devices that were silent for too long have been forgotten meanwhile.
    if (tally.total !== state.size - Number(state.get(GROUP) !== undefined)) tally = countAnew(state, meets);
    const next = { holds: { ...known?.holds, [input]: holds }, said: null };
    state.set(key, next);
    tally = {
      ...withChange(tally, meets(known), meets(next)),
      total: tally.total + Number(known === undefined),
    };
    const said = state.get(GROUP)?.said ?? null;
    const verdict = decide(config.rule, config.atLeast, tally) ?? said;
    if (verdict === null || verdict === said) return;
    state.set(GROUP, { holds: {}, said: verdict });
    say(verdict, message, emit, tally.holding);
  };
}

/** Counts what all devices say: at the start, and when some of them have been forgotten. */
function countAnew(
  state: NodeContext<Known>['state'],
  meets: (known: Known | undefined) => boolean | undefined,
): Tally {
  let tally: Tally = { holding: 0, failing: 0, total: 0 };
  for (const key of state.keys()) {
    if (key === GROUP) continue;
    tally = { ...withChange(tally, undefined, meets(state.get(key))), total: tally.total + 1 };
  }
  return tally;
}

/** The tally after what one device says has changed. */
function withChange(tally: Tally, before: boolean | undefined, after: boolean | undefined): Tally {
  return {
    holding: tally.holding + Number(after === true) - Number(before === true),
    failing: tally.failing + Number(after === false) - Number(before === false),
    total: tally.total,
  };
}

/** Conditions that the settings do not have any more are left out. */
function tallyOf(holds: Known['holds'], total: number): Tally {
  const known = INPUTS.slice(0, total).map((input) => holds[input]);
  return {
    holding: known.filter((value) => value === true).length,
    failing: known.filter((value) => value === false).length,
    total,
  };
}

function say(verdict: boolean, message: Message, emit: Emit<'true' | 'false'>, devices?: number): void {
  const count = devices === undefined ? {} : { devices };
  emit(verdict ? 'true' : 'false', {
    ...message,
    headers: { ...message.headers, combine: verdict, ...count },
  });
}

function truthOf(found: Payload | undefined): boolean | undefined {
  if (typeof found === 'boolean') return found;
  if (found === 'raised' || found === 'silent') return true;
  return found === 'cleared' || found === 'back' ? false : undefined;
}
