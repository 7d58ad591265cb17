import { toMs } from '@sluice/shared/message/duration.ts';
import type { Message, Payload } from '@sluice/shared/message/message.ts';
import { keyOf } from '@sluice/shared/message/message.ts';
import { isNumber, notANumber } from '@sluice/shared/message/number.ts';
import { readerOf } from '@sluice/shared/message/path.ts';
import { fromStored, toStored } from '@sluice/shared/message/stored.ts';
import type { Value } from '@sluice/shared/message/value.ts';
import type { DueTimer, NodeContext } from '@sluice/shared/node/context.ts';
import type { Emit, Step } from '@sluice/shared/node/implementNode.ts';
import { implementStep } from '@sluice/shared/node/implementNode.ts';
import type { Beyond } from './compare.ts';
import { BEYOND, staysBeyond } from './compare.ts';
import type { ThresholdConfig } from './schema.ts';
import { isBand, thresholdNode } from './schema.ts';
import type { Standing, Step as Transition } from './transition.ts';
import { onMessage, onTime } from './transition.ts';

type Out = 'true' | 'false' | 'raised' | 'cleared';
const TIMER = 'hold';

export const thresholdRunner = implementStep(
  thresholdNode,
  (config: ThresholdConfig, context: NodeContext<Standing>): Step<'in', Out> =>
    config.mode === 'each' ? sortEach(config, context) : watchChanges(config, context),
);

/** A value and its limits, or the sentence that says which of them is not a number. */
interface Measure {
  value: number;
  lower: number;
  upper: number;
}
type Measured = (message: Message, into: Measure) => string | undefined;

function sortEach(config: ThresholdConfig, context: NodeContext<Standing>): Step<'in', Out> {
  const measured = measuring(config, context);
  const beyond = BEYOND[config.operator];
  // One record for all messages: nothing is allocated for each of them.
  const measure: Measure = { value: 0, lower: 0, upper: 0 };
  return {
    receive: (messages, emit) => {
      const yes: Message[] = [];
      const no: Message[] = [];
      for (const message of messages) {
        const failure = measured(message, measure);
        if (failure !== undefined) emit.error(message, failure);
        else if (beyond(measure.value, measure.lower, measure.upper)) yes.push(message);
        else no.push(message);
      }
      if (yes.length > 0) emit.all('true', yes);
      if (no.length > 0) emit.all('false', no);
    },
  };
}

function watchChanges(config: ThresholdConfig, context: NodeContext<Standing>): Step<'in', Out> {
  const { state, timers, clock } = context;
  const measured = measuring(config, context);
  const raises = BEYOND[config.operator];
  const stays = staysBeyond(config.operator, config.hysteresis);
  const rules = {
    raise: { forMs: toMs(config.raiseAfter), times: config.repeat },
    clear: { forMs: toMs(config.clearAfter), times: 1 },
  };
  const measure: Measure = { value: 0, lower: 0, upper: 0 };
  const perform = (key: string, { next, sent, timerAt }: Transition, emit: Emit<Out>) => {
    if (next.raised || next.pending !== null) state.set(key, next);
    else state.delete(key);
    if (timerAt === undefined) timers.clear(key, TIMER);
    else timers.set(key, TIMER, timerAt);
    if (sent !== undefined) emit(sent.raised ? 'raised' : 'cleared', transitionMessage(sent));
  };
  const opposes = (raised: boolean) => isOpposed(raised, measure, raises, stays);
  const take = (message: Message, emit: Emit<Out>) => {
    const key = keyOf(message);
    const standing = state.get(key);
    const isAtRest = standing === undefined || (standing.raised && standing.pending === null);
    // Most messages change nothing: they neither write state nor touch a timer.
    if (isAtRest && !opposes(standing?.raised ?? false)) return;
    for (const step of onMessage(standing, opposes, () => toStored(message), clock.now(), rules))
      perform(key, step, emit);
  };
  return {
    receive: (messages, emit) => {
      for (const message of messages) {
        const failure = measured(message, measure);
        if (failure === undefined) take(message, emit);
        else emit.error(message, failure);
      }
    },
    timersDue: (due: readonly DueTimer[], emit) => {
      for (const { key } of due) {
        const standing = state.get(key);
        const step = standing === undefined ? undefined : onTime(standing, clock.now(), rules);
        if (step !== undefined) perform(key, step, emit);
      }
    },
  };
}

function isOpposed(raised: boolean, { value, lower, upper }: Measure, raises: Beyond, stays: Beyond) {
  return raised ? !stays(value, lower, upper) : raises(value, lower, upper);
}

function transitionMessage({ raised, message }: NonNullable<Transition['sent']>): Message {
  const sent = fromStored(message);
  return { ...sent, headers: { ...sent.headers, threshold: raised ? 'raised' : 'cleared' } };
}

function measuring(config: ThresholdConfig, context: NodeContext<Standing>): Measured {
  const read = readerOf(config.value);
  const limit = limitOf('The limit', config.limit, context);
  const upper = isBand(config) ? limitOf('The upper limit', config.upperLimit ?? null, context) : limit;
  return (message, into) => {
    const value = read(message);
    if (!isNumber(value)) return notANumber(config.value, value);
    into.value = value;
    into.lower = limit.read(message);
    into.upper = upper === limit ? into.lower : upper.read(message);
    if (isNumber(into.lower) && isNumber(into.upper)) return undefined;
    return isNumber(into.lower) ? upper.problem(message) : limit.problem(message);
  };
}

interface Limit {
  /** NaN when there is no number; `problem` then says why. */
  read(message: Message): number;
  problem(message: Message): string;
}

function limitOf(name: string, value: Value, context: NodeContext<Standing>): Limit {
  if (typeof value === 'number') return { read: () => value, problem: () => '' };
  const evaluate = context.evaluator(value);
  const attempt = (message: Message): Payload | undefined | Error => {
    try {
      return evaluate(message);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  };
  return {
    read: (message) => {
      const found = attempt(message);
      return isNumber(found) ? found : Number.NaN;
    },
    problem: (message) => {
      const found = attempt(message);
      return found instanceof Error ? `${name}: ${found.message}` : notANumber(name, found);
    },
  };
}
