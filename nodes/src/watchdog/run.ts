import { toMs } from '@sluice/shared/message/duration.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import { createMessage, keyOf } from '@sluice/shared/message/message.ts';
import type { DueTimer, NodeContext } from '@sluice/shared/node/context.ts';
import { implementStep } from '@sluice/shared/node/implementNode.ts';
import { watchdogNode } from './schema.ts';

/**
 * A device that is watched; the topic is that of its latest message. When that came is told by the timer, or by `seenAt`
 * when the timer was set again after a restart.
 */
type Watched = { readonly isSilent: boolean; readonly topic: string; readonly seenAt: number | null };

const TIMER = 'silent';

export const watchdogRunner = implementStep(watchdogNode, (config, context: NodeContext<Watched>) => {
  const { state, timers, clock } = context;
  const silentMs = toMs(config.silentFor);
  const startedAt = clock.now();

  const silentMessage = ({ key, dueAt }: DueTimer, { topic, seenAt }: Watched): Message =>
    createMessage({
      id: context.newId(),
      time: dueAt,
      topic,
      device: key === '' ? undefined : key,
      payload: { silent: true, lastSeen: seenAt ?? dueAt - silentMs, seconds: silentMs / 1000 },
      headers: { watchdog: 'silent' },
    });

  return {
    receive: (messages, emit) => {
      for (const message of messages) {
        const key = config.byDevice ? keyOf(message) : '';
        const watched = state.get(key);
        timers.set(key, TIMER, clock.now() + silentMs);
        if (watched?.isSilent === true)
          emit('back', { ...message, headers: { ...message.headers, watchdog: 'back' } });
        if (watched?.isSilent !== false || watched.seenAt !== null || watched.topic !== message.topic)
          state.set(key, { isSilent: false, topic: message.topic, seenAt: null });
      }
    },
    timersDue: (due, emit) => {
      for (const timer of due) {
        const watched = state.get(timer.key);
        if (watched === undefined) continue;
        if (timer.dueAt < startedAt) {
          // Nobody listened when it was due, so nothing is known: the device gets its whole time again.
          timers.set(timer.key, TIMER, startedAt + silentMs);
          state.set(timer.key, { ...watched, seenAt: watched.seenAt ?? timer.dueAt - silentMs });
          continue;
        }
        state.set(timer.key, { ...watched, isSilent: true });
        emit('silent', silentMessage(timer, watched));
      }
    },
  };
});
