import { openClient } from './client.ts';
import type { Publish } from './packets.ts';
import { pubackPacket, readPublish, subscribePacket, TYPE } from './packets.ts';
import { every, until } from './time.ts';

/** How often a slow sink takes some. */
const TICK_MS = 50;

/** Subscribes at QoS 1 with a session that the broker keeps, notes what arrives and acknowledges it. */
export interface Sink {
  /** Resolves when the broker has the subscription. */
  subscribed(): Promise<void>;
  /** Reads no more than so many a second from now on; `undefined`: as fast as they come. */
  slow(perSecond: number | undefined): void;
  close(): void;
}

export function openSink(
  port: number,
  clientId: string,
  filters: readonly string[],
  onMessage: (message: Publish) => void,
): Sink {
  const waiting: Publish[] = [];
  let isSubscribed = false;
  let perTick = Number.POSITIVE_INFINITY;

  const client = openClient({
    port,
    clientId,
    onConnected: () => {
      // What the last connection brought and was not acknowledged comes again.
      waiting.length = 0;
      client.write(subscribePacket(1, filters));
    },
    onPacket: (packet) => {
      if (packet.type === TYPE.suback) isSubscribed = true;
      if (packet.type !== TYPE.publish) return;
      waiting.push(readPublish(packet));
      if (perTick === Number.POSITIVE_INFINITY) takeSome();
      else if (waiting.length > perTick) client.pause();
    },
  });
  const takeSome = () => {
    const acknowledgements: Buffer[] = [];
    for (const message of waiting.splice(0, Math.min(perTick, waiting.length))) {
      onMessage(message);
      if (message.qos > 0) acknowledgements.push(pubackPacket(message.id));
    }
    if (acknowledgements.length > 0) client.write(Buffer.concat(acknowledgements));
    if (waiting.length <= perTick) client.resume();
  };
  const stopTicks = every(TICK_MS, takeSome);

  return {
    subscribed: () => until(`the subscription of ${clientId}`, 10_000, () => isSubscribed),
    slow: (perSecond) => {
      perTick =
        perSecond === undefined ? Number.POSITIVE_INFINITY : Math.max(1, (perSecond * TICK_MS) / 1_000);
    },
    close: () => {
      stopTicks();
      client.close();
    },
  };
}
