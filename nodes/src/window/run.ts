import { toMs } from '@sluice/shared/message/duration.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import { createMessage, keyOf } from '@sluice/shared/message/message.ts';
import { isNumber, notANumber } from '@sluice/shared/message/number.ts';
import { readerOf } from '@sluice/shared/message/path.ts';
import type { NodeContext } from '@sluice/shared/node/context.ts';
import type { Emit, Step } from '@sluice/shared/node/implementNode.ts';
import { implementStep } from '@sluice/shared/node/implementNode.ts';
import type { Aggregate } from './aggregate.ts';
import { calculate } from './aggregate.ts';
import type { CountState } from './countWindows.ts';
import { takeCounted } from './countWindows.ts';
import { lateCounter } from './lateCounter.ts';
import type { WindowConfig } from './schema.ts';
import { keepsValues, windowNode } from './schema.ts';
import type { Pane } from './shapes.ts';
import { sessionShape, steadyShape } from './shapes.ts';
import type { TimeState } from './timeWindows.ts';
import { closeByClock, closesAt, takeSample } from './timeWindows.ts';

type State = TimeState | CountState;
type Out = 'out' | 'late';
type Take = (message: Message, value: number, key: string, emit: Emit<Out>) => void;

const TIMER = 'close';
const SLOPE_MS = { second: 1000, minute: 60_000, hour: 3_600_000 } as const;
/** A time further ahead than this is a wrong clock; taking it would make everything after it late. */
const MOST_AHEAD_MS = 86_400_000;
/** The squares of larger ones would not be numbers any more, and no measurement is. */
const MOST_VALUE = 1e100;

export const windowRunner = implementStep(
  windowNode,
  (config: WindowConfig, context: NodeContext<State>): Step<'in', Out> => {
    const read = readerOf(config.value);
    const isByCount = config.by === 'count' && config.kind !== 'session';
    const { take, timersDue } = isByCount ? countingWindows(config, context) : timedWindows(config, context);
    return {
      receive: (messages, emit) => {
        for (const message of messages) {
          const value = read(message);
          if (!isNumber(value)) emit.error(message, notANumber(config.value, value));
          else if (Math.abs(value) > MOST_VALUE)
            emit.error(message, `${config.value} is ${value}. Numbers beyond 1e100 are not calculated with.`);
          else take(message, value, config.byDevice ? keyOf(message) : '', emit);
        }
      },
      timersDue,
    };
  },
);

function countingWindows(
  config: WindowConfig,
  context: NodeContext<State>,
): { take: Take; timersDue: NonNullable<Step<'in', Out>['timersDue']> } {
  const { state } = context;
  const send = windowMessage(config, context);
  const rules = {
    kind: config.kind === 'sliding' ? 'slidingCount' : 'tumblingCount',
    count: config.count,
    every: config.everyCount,
    keepsValues: keepsValues(config),
  } as const;
  return {
    take: (message, value, key, emit) => {
      const before = state.get(key);
      const counted = before === undefined || before.kind === 'time' ? undefined : before;
      const taken = takeCounted(counted, { time: message.time, value }, rules);
      state.set(key, taken.state);
      const { closed } = taken;
      if (closed === undefined) return;
      emit('out', send(key, message.topic, { from: closed.first.time, to: closed.last.time, all: closed }));
    },
    // A timer can only be left from windows of time that these were before.
    timersDue: () => undefined,
  };
}

function timedWindows(
  config: WindowConfig,
  context: NodeContext<State>,
): { take: Take; timersDue: NonNullable<Step<'in', Out>['timersDue']> } {
  const { state, timers, clock } = context;
  const send = windowMessage(config, context);
  const late = lateCounter(context);
  const sizeMs = toMs(config.size);
  const rules = {
    shape:
      config.kind === 'session'
        ? sessionShape(toMs(config.gap))
        : steadyShape(sizeMs, config.kind === 'sliding' ? toMs(config.every) : sizeMs),
    latenessMs: toMs(config.lateness),
    keepsValues: keepsValues(config),
    most: config.most,
  };
  const timed = (key: string): TimeState | undefined => {
    const before = state.get(key);
    return before?.kind === 'time' ? before : undefined;
  };
  const keep = (key: string, before: TimeState | undefined, after: TimeState) => {
    state.set(key, after);
    const dueAt = closesAt(after, rules);
    if (dueAt === undefined) timers.clear(key, TIMER);
    else if (before === undefined || closesAt(before, rules) !== dueAt)
      timers.set(key, TIMER, Math.max(Math.ceil(dueAt), clock.now() + 1));
  };
  return {
    take: (message, value, key, emit) => {
      if (message.time > clock.now() + MOST_AHEAD_MS) {
        emit.error(message, aheadSentence(message.time));
        return;
      }
      const before = timed(key);
      const taken = takeSample(before, { time: message.time, value }, message.topic, clock.now(), rules);
      if (taken.outcome === 'late') {
        late.count();
        emit('late', message);
      } else if (taken.outcome === 'full') emit.error(message, fullSentence(config));
      else {
        keep(key, before, taken.state);
        for (const pane of taken.closed) emit('out', send(key, message.topic, pane));
      }
    },
    timersDue: (due, emit) => {
      for (const { key } of due) {
        const before = timed(key);
        if (before === undefined) continue;
        const { state: after, closed } = closeByClock(before, clock.now(), rules);
        // The timer that was due is gone, so there is none that could stand already.
        keep(key, undefined, after);
        for (const pane of closed) emit('out', send(key, after.topic, pane));
      }
    },
  };
}

function windowMessage(config: WindowConfig, context: NodeContext<State>) {
  const parameters = { percent: config.percent, slopeMs: SLOPE_MS[config.slopePer] };
  return (key: string, topic: string, { from, to, all }: Pane): Message =>
    createMessage({
      id: context.newId(),
      time: to,
      topic,
      device: key === '' ? undefined : key,
      payload: { value: calculate(config.calculate, all, parameters), ...facts(all), from, to },
      headers: { window: config.kind },
    });
}

function facts({ count, sum, mean, min, max, first, last }: Aggregate) {
  return { count, sum, mean, min, max, first: first.value, last: last.value };
}

function fullSentence({ most }: WindowConfig): string {
  return `${most} values are kept already, the most that is set. Make the window shorter, or raise “At most”.`;
}

function aheadSentence(time: number): string {
  const when = time < 8.64e15 ? new Date(time).toISOString() : String(time);
  return `The time of the message, ${when}, is more than a day ahead. Check the clock of the device.`;
}
