import type { Duplex } from 'node:stream';
import { CLOGGED_BYTES, ROOM } from './guardedStream.ts';
import type { BrokerPacket } from './packets.ts';
import type { Session, Sessions } from './sessions.ts';
import { entryKey } from './queues.ts';

/** A connected client of aedes, as far as delivery needs it (`deliverQoS` is not in its types). */
export interface ConnectedClient {
  readonly id: string;
  readonly clean: boolean;
  readonly closed: boolean;
  readonly conn: Duplex;
  /** By topic filter. */
  readonly subscriptions: Readonly<Record<string, { readonly qos: 0 | 1 | 2 }>>;
  deliverQoS(packet: BrokerPacket, done: () => void): void;
  close(): void;
}

export interface Delivery {
  /** A session comes back: what is new for it waits behind its queue. */
  connecting(client: ConnectedClient): void;
  /** Its queue was sent: what came in meanwhile follows. */
  ready(client: ConnectedClient): void;
  /** Whether a message goes to a client now. One that does not stays in the session's queue, where there is one. */
  isForwarded(client: ConnectedClient, packet: BrokerPacket): boolean;
  readonly dropped: number;
}

/**
 * Decides what goes to a client and when, so that a slow reader costs a bounded buffer and never holds up the others:
 * QoS 0 is left out, QoS 1 and 2 wait in the session, and a client that has no session is closed.
 */
export function createDelivery(sessions: Sessions, onSlow: (client: string) => void): Delivery {
  const resent = new WeakSet<BrokerPacket>();
  let dropped = 0;

  async function catchUp(client: ConnectedClient, session: Session): Promise<void> {
    for (const entry of session.queue.entries.values()) {
      if (entry.messageId !== undefined) continue;
      await roomIn(client.conn);
      if (client.closed) return;
      // Without a broker id aedes does not take it for one that it has sent already.
      const { brokerId: _, ...rest } = entry.packet;
      const packet: BrokerPacket = { ...rest };
      resent.add(packet);
      await new Promise<void>((resolve) => client.deliverQoS(packet, resolve));
    }
    session.isCatchingUp = false;
  }

  function fallBehind(client: ConnectedClient, session: Session): void {
    session.isCatchingUp = true;
    onSlow(client.id);
    void catchUp(client, session);
  }

  return {
    get dropped() {
      return dropped;
    },
    connecting(client) {
      const session = client.clean ? undefined : sessions.get(client.id);
      if (session !== undefined) session.isCatchingUp = true;
    },
    ready(client) {
      const session = client.clean ? undefined : sessions.get(client.id);
      if (session !== undefined) void catchUp(client, session);
    },
    isForwarded(client, packet) {
      // From its own queue, or a retained message: both are sent at the pace of the socket.
      if (packet.messageId !== undefined || packet.retain || resent.has(packet)) return true;
      const isClogged = client.conn.writableLength > CLOGGED_BYTES;
      if (packet.qos === 0 || isQos0Only(client)) {
        if (isClogged) dropped++;
        return !isClogged;
      }
      const session = client.clean ? undefined : sessions.get(client.id);
      if (session === undefined) {
        if (isClogged) {
          onSlow(client.id);
          client.close();
        }
        return !isClogged;
      }
      if (session.isCatchingUp) return false;
      if (isClogged) {
        fallBehind(client, session);
        return false;
      }
      return session.queue.entries.get(entryKey(packet))?.messageId === undefined;
    },
  };
}

function isQos0Only(client: ConnectedClient): boolean {
  return Object.values(client.subscriptions).every(({ qos }) => qos === 0);
}

function roomIn(stream: Duplex): Promise<void> {
  if (stream.destroyed || stream.writableLength <= CLOGGED_BYTES) return Promise.resolve();
  return new Promise((resolve) => {
    const settle = (): void => {
      stream.off(ROOM, settle);
      stream.off('close', settle);
      resolve();
    };
    stream.once(ROOM, settle);
    stream.once('close', settle);
  });
}
