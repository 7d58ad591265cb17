import type { IClientOptions } from 'mqtt';

/**
 * Packet ids of one connection (MQTT 3.1.1, section 2.3.1) are split, so that what goes out by mqtt.js and what is
 * written past it never meet: the lower half is for mqtt.js.
 */
const FIRST_OWN_ID = 0x8000;
const OWN_IDS = 8_192;

/** How many packets of QoS 1 may be on their way to the broker at once. Fewer than there are ids for them. */
export const MAX_IN_FLIGHT = 4_096;

/** What was published at QoS 1 and not acknowledged yet, by packet id. */
export interface InFlight<T> {
  readonly size: number;
  /** Gives it a packet id that is not in use. At most `MAX_IN_FLIGHT` may be in here. */
  add(value: T): number;
  /** Takes out what was acknowledged; `undefined` for an id that is not in use. */
  take(packetId: number): T | undefined;
  /** Oldest first. */
  values(): readonly T[];
  clear(): void;
}

export function createInFlight<T>(): InFlight<T> {
  // A list as long as there are ids: what comes and goes thousands of times a second leaves nothing behind in it.
  const places: (T | undefined)[] = Array.from({ length: OWN_IDS });
  let next = 0;
  let size = 0;
  return {
    get size() {
      return size;
    },
    add: (value) => {
      while (places[next] !== undefined) next = (next + 1) % OWN_IDS;
      const place = next;
      places[place] = value;
      next = (place + 1) % OWN_IDS;
      size += 1;
      return FIRST_OWN_ID + place;
    },
    take: (packetId) => {
      const value = places[packetId - FIRST_OWN_ID];
      if (value === undefined) return undefined;
      places[packetId - FIRST_OWN_ID] = undefined;
      size -= 1;
      return value;
    },
    values: () =>
      [...places.slice(next), ...places.slice(0, next)].flatMap((value) =>
        value === undefined ? [] : [value],
      ),
    clear: () => {
      places.fill(undefined);
      size = 0;
    },
  };
}

/** Hands mqtt.js packet ids of the lower half, each only once until it is given back. */
export function createLowerPacketIds(): NonNullable<IClientOptions['messageIdProvider']> {
  const used = new Set<number>();
  let last = 0;
  return {
    allocate: () => {
      for (let tries = 1; tries < FIRST_OWN_ID; tries += 1) {
        last = (last % (FIRST_OWN_ID - 1)) + 1;
        if (used.has(last)) continue;
        used.add(last);
        return last;
      }
      return null;
    },
    getLastAllocated: () => (last === 0 ? null : last),
    register: (packetId) => {
      if (used.has(packetId)) return false;
      used.add(packetId);
      return true;
    },
    deallocate: (packetId) => void used.delete(packetId),
    clear: () => used.clear(),
  };
}
