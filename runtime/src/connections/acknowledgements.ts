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

/** The acknowledgements that one MQTT session owes its broker. */
export interface Acknowledgements {
  /**
   * Notes a packet of QoS 1 or 2. Answers `undefined` for one that is known: the broker sends it again after the
   * connection was lost while the flow still has it; it is acknowledged when the first copy is settled.
   */
  track(packetId: number, qos: 1 | 2, delivered: Delivered): (() => void) | undefined;
  /** How many are waiting to be acknowledged on this connection. */
  readonly underWay: number;
  /** Takes those that may be acknowledged now, in order. */
  take(): readonly Tracked[];
  /** The connection is gone: nothing can be acknowledged until the broker sends it again. */
  detach(): void;
  /** The broker has no session any more: packet ids start anew. */
  forget(): void;
}

/**
 * Keeps acknowledgements in the order in which packets arrived, as MQTT 3.1.1 section 4.6 demands (MQTT-4.6.0-2 and
 * -3): one that is settled early waits for those before it. `onReady` is called when there is something to take, and
 * not again before it was taken, so that many go out in one write.
 */
export function createAcknowledgements(onReady: () => void): Acknowledgements {
  // A list as long as there are packet ids: a map that changes so often is made anew again and again.
  let byId: (Entry | undefined)[] = [];
  let order: Entry[] = [];
  let head = 0;
  let isTold = false;

  const tell = () => {
    if (isTold || order[head]?.isSettled !== true) return;
    isTold = true;
    onReady();
  };
  const attach = (entry: Entry) => {
    entry.isAttached = true;
    order.push(entry);
  };
  const dropTaken = () => {
    if (head !== order.length && head <= 1_024) return;
    order = order.slice(head);
    head = 0;
  };

  return {
    track: (packetId, qos, delivered) => {
      const known = byId[packetId];
      if (known !== undefined && !known.isAttached && isSame(known.delivered, delivered)) {
        attach(known);
        tell();
        return undefined;
      }
      const entry: Entry = { packetId, qos, delivered, isSettled: false, isAttached: false };
      byId[packetId] = entry;
      attach(entry);
      return () => {
        if (entry.isSettled) return;
        entry.isSettled = true;
        if (entry.isAttached) tell();
      };
    },
    get underWay() {
      return order.length - head;
    },
    take: () => {
      isTold = false;
      const from = head;
      while (order[head]?.isSettled === true) head += 1;
      const taken = order.slice(from, head);
      for (const entry of taken) if (byId[entry.packetId] === entry) byId[entry.packetId] = undefined;
      dropTaken();
      return taken;
    },
    detach: () => {
      for (const entry of order) entry.isAttached = false;
      order = [];
      head = 0;
      isTold = false;
    },
    forget: () => {
      byId = [];
    },
  };
}

/** The packet id alone would do by the protocol; a broker that lost its session may use it for another packet. */
function isSame(one: Delivered, other: Delivered): boolean {
  return one.topic === other.topic && Buffer.compare(one.payload, other.payload) === 0;
}
