import { toMs } from '@sluice/shared/message/duration.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import { keyOf } from '@sluice/shared/message/message.ts';
import type { StoredMessage } from '@sluice/shared/message/stored.ts';
import { fromStored, toStored } from '@sluice/shared/message/stored.ts';
import type { NodeContext } from '@sluice/shared/node/context.ts';
import { implementStep } from '@sluice/shared/node/implementNode.ts';
import { debounceNode } from './schema.ts';

/** A burst under way: when it began, and its latest message if that is still to be sent. */
type Burst = { readonly since: number; readonly latest: StoredMessage | null };

const TIMER = 'quiet';

export const debounceRunner = implementStep(debounceNode, (config, context: NodeContext<Burst>) => {
  const { state, timers, clock } = context;
  const quietMs = toMs(config.quiet);
  const atMostMs = toMs(config.atMost) === 0 ? Number.POSITIVE_INFINITY : toMs(config.atMost);
  const sendsFirst = config.send !== 'last';
  const sendsLast = config.send !== 'first';

  /** Whether the message is sent at once. */
  const takes = (message: Message): boolean => {
    const key = config.byDevice ? keyOf(message) : '';
    const burst = state.get(key);
    const since = burst?.since ?? clock.now();
    const isSentNow = burst === undefined && sendsFirst;
    state.set(key, { since, latest: sendsLast && !isSentNow ? toStored(message) : null });
    timers.set(key, TIMER, Math.min(clock.now() + quietMs, since + atMostMs));
    return isSentNow;
  };

  return {
    receive: (messages, emit) => {
      for (const message of messages) if (takes(message)) emit('out', message);
    },
    timersDue: (due, emit) => {
      for (const { key } of due) {
        const latest = state.get(key)?.latest ?? null;
        state.delete(key);
        if (latest !== null) emit('out', fromStored(latest));
      }
    },
  };
});
