import type { TopicMatcher } from '@sluice/shared/message/topic.ts';
import type { Stop } from '@sluice/shared/node/context.ts';
import { createBacklog } from './mqttBacklog.ts';
import type { Delivery } from './mqttDelivery.ts';
import { settleAll } from './mqttDelivery.ts';

/** How long a packet waits for a subscriber when there is none: flows may start after the broker sends its backlog. */
const KEEP_UNCLAIMED_MS = 10_000;

/**
 * Packets that nobody wants yet: a broker with a session sends its backlog at once, flows start one after the other.
 * Those that nobody came for belong to a flow that is gone; the broker has to be told to let go of them.
 */
export function createShelf(after: (ms: number, run: () => void) => Stop, onFull: (isFull: boolean) => void) {
  const waiting = createBacklog({ after, onFull });
  let stopTimer: Stop | undefined;
  const clear = () => {
    stopTimer = undefined;
    settleAll(waiting.takeAll());
  };
  return {
    put: (delivery: Delivery) => {
      waiting.push(delivery);
      stopTimer ??= after(KEEP_UNCLAIMED_MS, clear);
    },
    take: (matches: TopicMatcher): readonly Delivery[] => {
      const all = waiting.takeAll();
      for (const delivery of all) if (!matches(delivery.packet.topic)) waiting.push(delivery);
      return all.filter(({ packet }) => matches(packet.topic));
    },
    close: () => void stopTimer?.(),
  };
}
