import { runners } from '@sluice/nodes/runners.ts';
import type { JsonObject, Message } from '@sluice/shared/message/message.ts';
import { keyOf } from '@sluice/shared/message/message.ts';
import type { NodeContext } from '@sluice/shared/node/context.ts';
import type { Intake, NodeImplementation, Settled } from '@sluice/shared/node/implementNode.ts';
import { implementSource, implementStep, implementWaiter } from '@sluice/shared/node/implementNode.ts';
import type { Life } from './agenda.ts';
import type { Broker, Subscriber } from './broker.ts';
import type { Passed } from './nodeTypes.ts';
import { ask, deliver, feed, frail, once, peak, relay, tally } from './nodeTypes.ts';
import type { Random } from './random.ts';
import type { Reading } from './reading.ts';
import { messageOfReading, readingOf } from './reading.ts';
import type { Target } from './target.ts';
import type { Resets } from './resets.ts';
import type { TimerWatch } from './timerWatch.ts';
import { watched } from './timerWatch.ts';

/** What the nodes of one life of the engine have outside of it. */
export interface Outside {
  readonly life: Life;
  readonly broker: Broker;
  readonly random: Random;
  readonly timers: TimerWatch;
  readonly resets: Resets;
  target(name: string): Target;
  /** A node failed on a message. */
  failed(message: Message): void;
}

/** What `tally` keeps of a device: the sequences that it has met, in order. */
export interface Met extends JsonObject {
  readonly sequences: readonly number[];
}

const RECONNECT_MS = 1_000;
const HIGH = 80;

/** The nodes of the product, whose timers are watched, and those of the simulation. */
export function createNodeImplementations(outside: Outside): ReadonlyMap<string, NodeImplementation> {
  const { timers, resets } = outside;
  const own = [...ends(outside), ...steps(resets)];
  const made = (node: string, keys: number) => resets.made(node, keys, timers);
  const all = [...runners.values(), ...own].map((one) => watched(one, timers, made));
  return new Map(all.map((one) => [one.type, one]));
}

function ends({ life, broker, random, target, failed }: Outside): NodeImplementation[] {
  return [
    implementSource(feed, ({ canStart }, context) => ({
      start: (intake) => {
        if (!canStart) return Promise.reject(new Error('The broker refuses this client.'));
        return Promise.resolve(listen(life, broker, context, intake));
      },
    })),
    implementWaiter(ask, (config) => ({
      handle: async (messages, emit, signal) => {
        try {
          const verdicts = await target(config.target).take(life, messages, signal);
          if (random.chance(0.05)) throw new Error('The answer cannot be read.');
          for (const [index, message] of messages.entries()) {
            if (verdicts[index] === 'taken') emit('out', message);
            else emit.error(message, 'There is no answer to this.');
            if (verdicts[index] !== 'taken') failed(message);
          }
        } catch (error) {
          for (const message of messages) failed(message);
          throw error;
        }
      },
    })),
    implementWaiter(deliver, (config) => ({
      handle: async (messages, emit, signal) => {
        const verdicts = await target(config.target).take(life, messages, signal);
        for (const [index, message] of messages.entries()) {
          if (verdicts[index] === 'later') emit.later(message, `${config.target} is busy.`);
          if (verdicts[index] === 'never') emit.error(message, `${config.target} does not want it.`);
        }
      },
    })),
  ];
}

/** Keeps a connection to the broker and comes again when it is lost. */
function listen(life: Life, broker: Broker, context: NodeContext, intake: Intake<'out'>) {
  let subscriber: Subscriber | undefined;
  let stopRetry: () => unknown = () => undefined;
  let isStopped = false;
  const receive = (reading: Reading, isDuplicate: boolean, acknowledge: () => void) => {
    const headers = isDuplicate ? { duplicate: true } : {};
    const message = messageOfReading(reading, { id: context.newId(), headers });
    return intake.push('out', message, (outcome: Settled) => {
      if (outcome === 'done') acknowledge();
    });
  };
  const again = () => {
    subscriber = undefined;
    stopRetry = context.after(RECONNECT_MS, connect);
  };
  const connect = () => {
    if (isStopped) return;
    if (broker.isAway) again();
    else subscriber = broker.subscribe(life, receive, again);
  };
  const stopRoom = intake.onRoom(() => subscriber?.resume());
  connect();
  return async () => {
    isStopped = true;
    await stopRoom();
    stopRetry();
    subscriber?.stop();
  };
}

function steps(resets: Resets): NodeImplementation[] {
  return [
    implementStep(once, (_config, { state, clock }: NodeContext<Passed>) => {
      resets.lastOf = (device) => state.get(device)?.last ?? 0;
      return {
        receive: (messages, emit) => {
          for (const message of messages) {
            const { last, log } = state.get(keyOf(message)) ?? { last: 0, log: [] };
            const { sequence } = sure(message);
            if (sequence <= last) continue;
            state.set(keyOf(message), { last: sequence, log: [...log, [sequence, clock.now()]] });
            emit('out', message);
          }
        },
      };
    }),
    implementStep(tally, (_config, { state }: NodeContext<Met>) => ({
      receive: (messages, emit) => {
        for (const message of messages) {
          const { sequences } = state.get(keyOf(message)) ?? { sequences: [] };
          state.set(keyOf(message), { sequences: [...sequences, sure(message).sequence] });
        }
        emit.all('out', messages);
      },
    })),
    implementStep(peak, (_config, { state }: NodeContext<number>) => ({
      receive: (messages, emit) => {
        for (const message of messages) {
          const { value } = sure(message);
          if (value > HIGH) state.set(keyOf(message), value);
        }
        emit.all('out', messages);
      },
    })),
    implementStep(relay, ({ canBeMade }) => {
      if (!canBeMade) throw new Error('Its settings do not fit.');
      return { receive: (messages, emit) => emit.all('out', messages) };
    }),
    implementStep(frail, () => ({
      receive: (messages, emit) => {
        for (const message of messages) {
          if (sure(message).flaw === 'bad') emit.error(message, 'It is bad.');
          else emit('out', message);
        }
      },
    })),
  ];
}

function sure(message: Message): Reading {
  const reading = readingOf(message);
  if (reading === undefined) throw new Error('This is not a reading.');
  return reading;
}
