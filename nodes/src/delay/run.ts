import { toMs } from '@sluice/shared/message/duration.ts';
import type { StoredMessage } from '@sluice/shared/message/stored.ts';
import { fromStored, toStored } from '@sluice/shared/message/stored.ts';
import type { DueTimer, NodeContext } from '@sluice/shared/node/context.ts';
import { implementStep } from '@sluice/shared/node/implementNode.ts';
import { delayNode } from './schema.ts';

const TIMER = 'release';

/** Each message that is held is a state of its own, under its number in the order of arrival. */
export const delayRunner = implementStep(delayNode, (config, context: NodeContext<StoredMessage>) => {
  const { state, timers, clock } = context;
  const holdMs = toMs(config.time);
  let last = lastNumber(state.keys());
  return {
    receive: (messages, emit) => {
      for (const message of messages) {
        if (state.size >= config.most) {
          emit.error(
            message,
            `${config.most} messages are held already, the most that is set. Raise “At most”.`,
          );
          continue;
        }
        last += 1;
        state.set(String(last), toStored(message));
        timers.set(String(last), TIMER, clock.now() + holdMs);
      }
    },
    timersDue: (due, emit) => {
      for (const { key } of due.toSorted(byArrival)) {
        const held = state.get(key);
        state.delete(key);
        if (held !== undefined) emit('out', fromStored(held));
      }
    },
  };
});

function lastNumber(keys: Iterable<string>): number {
  let last = 0;
  for (const key of keys) last = Math.max(last, Number(key));
  return last;
}

/** Messages that came in the same millisecond are due in the same one; their number keeps the order. */
function byArrival(one: DueTimer, other: DueTimer): number {
  return one.dueAt - other.dueAt || Number(one.key) - Number(other.key);
}
