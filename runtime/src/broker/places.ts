import type { RunnerTime } from '../runner/time.ts';
import type { BrokerPacket } from './packets.ts';
import type { Sessions } from './sessions.ts';

/** Places in queues of which nothing may be left out, for messages between their arrival and their place there. */
export interface Places {
  /** False when there is none: the message must not be taken. */
  hold(publisher: string | undefined, clients: readonly string[], packet: BrokerPacket): boolean;
  /** The message is about to be queued. aedes hands over a copy of the packet with the same payload. */
  arrived(packet: BrokerPacket): void;
  /** The message is where it has to be, or was refused. */
  done(packet: object): void;
  /** The publisher is gone; what it sent last may never be queued. */
  left(publisher: string): void;
  /** Leaves no timer behind; may be called twice. */
  stop(): void;
}

/** A packet of a client that is gone is queued by then, or never. */
const LINGER_MS = 10_000;

export function createPlaces(sessions: Pick<Sessions, 'reserve'>, time: RunnerTime): Places {
  const byPacket = new WeakMap<object, () => void>();
  const byPayload = new WeakMap<Buffer, () => void>();
  const stops = new Set<() => void>();
  const byPublisher = new Map<string, Set<() => void>>();

  return {
    hold(publisher = '', clients, packet) {
      const free = sessions.reserve(clients, packet);
      if (free === undefined) return false;
      const own = byPublisher.get(publisher) ?? new Set();
      byPublisher.set(publisher, own);
      const release = () => {
        if (!own.delete(release)) return;
        free();
        if (own.size === 0 && byPublisher.get(publisher) === own) byPublisher.delete(publisher);
      };
      own.add(release);
      byPacket.set(packet, release);
      // Those without bytes may share their payload.
      if (packet.payload.length > 0) byPayload.set(packet.payload, release);
      return true;
    },
    arrived: ({ payload }) => byPayload.get(payload)?.(),
    done: (packet) => byPacket.get(packet)?.(),
    left(publisher) {
      const held = [...(byPublisher.get(publisher) ?? [])];
      if (held.length === 0) return;
      const stopTimer = time.after(LINGER_MS, () => {
        stops.delete(stopTimer);
        for (const release of held) release();
      });
      stops.add(stopTimer);
    },
    stop() {
      for (const stopTimer of stops) stopTimer();
      stops.clear();
    },
  };
}
