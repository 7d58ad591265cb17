/** A packet of QoS 1 or 2 that the broker waits for. Made by `track`. */
export interface Tracked {
  readonly packetId: number;
  readonly qos: 1 | 2;
}

/** Something that was delivered and has to be acknowledged; its identity is what counts. */
interface Delivered {
  readonly topic: string;
  readonly payload: Uint8Array;
}

interface Entry extends Tracked {
  readonly delivered: Delivered;
  isSettled: boolean;
  /** Delivered on the connection that is open now, so that it can be acknowledged there. */
  isAttached: boolean;
}

/** The acknowledgements that one MQTT session owes its broker. Pure but for `send`, which is handed in. */
export interface Acknowledgements {
  /**
   * Notes a packet of QoS 1 or 2. Answers `undefined` for one that is known: the broker sends it again after the
   * connection was lost while the flow still has it; it is acknowledged when the first copy is settled.
   */
  track(tracked: Tracked, delivered: Delivered): (() => void) | undefined;
  /** How many are waiting to be acknowledged on this connection. */
  readonly underWay: number;
  /** The connection is gone: nothing can be acknowledged until the broker sends it again. */
  detach(): void;
  /** The broker has no session any more: packet ids start anew. */
  forget(): void;
}

/**
 * Keeps acknowledgements in the order in which packets arrived, as MQTT 3.1.1 section 4.6 demands (MQTT-4.6.0-2 and
 * -3): one that is settled early waits for those before it.
 */
export function createAcknowledgements(send: (tracked: readonly Tracked[]) => void): Acknowledgements {
  const byId = new Map<number, Entry>();
  let order: Entry[] = [];
  let head = 0;

  const release = () => {
    const from = head;
    while (order[head]?.isSettled === true) head += 1;
    if (head === from) return;
    const released = order.slice(from, head);
    for (const entry of released) if (byId.get(entry.packetId) === entry) byId.delete(entry.packetId);
    if (head > 1_024 || head === order.length) {
      order = order.slice(head);
      head = 0;
    }
    send(released);
  };

  const attach = (entry: Entry) => {
    entry.isAttached = true;
    order.push(entry);
  };

  return {
    track: (tracked, delivered) => {
      const known = byId.get(tracked.packetId);
      if (known !== undefined && !known.isAttached && isSame(known.delivered, delivered)) {
        attach(known);
        release();
        return undefined;
      }
      const entry: Entry = { ...tracked, delivered, isSettled: false, isAttached: false };
      byId.set(entry.packetId, entry);
      attach(entry);
      return () => {
        if (entry.isSettled) return;
        entry.isSettled = true;
        if (entry.isAttached) release();
      };
    },
    get underWay() {
      return order.length - head;
    },
    detach: () => {
      for (const entry of order) entry.isAttached = false;
      order = [];
      head = 0;
    },
    forget: () => byId.clear(),
  };
}

/** The packet id alone would do by the protocol; a broker that lost its session may use it for another packet. */
function isSame(one: Delivered, other: Delivered): boolean {
  return one.topic === other.topic && Buffer.compare(one.payload, other.payload) === 0;
}
