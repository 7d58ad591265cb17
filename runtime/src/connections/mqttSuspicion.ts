import type { Outgoing } from './mqttBurst.ts';

/** A packet that was the oldest under way at so many closes in a row makes packets go one by one. */
const CLOSES_TO_SUSPECT = 2;

/** A packet that was alone under way at so many closes in a row is what the broker closes the connection for. */
const CLOSES_TO_BLAME = 3;

/** So many packets go one by one until the broker is trusted again. */
const STEPS = 512;

/**
 * Finds out which packet a broker closes the connection for. MQTT 3.1.1 has no other way to refuse one that is too large
 * or on a topic that this user may not publish on (section 3.3.5), and what is sent again for ever holds up the rest.
 */
export interface Suspicion {
  /** Packets should go one by one, so that it shows which one it is. */
  readonly isOn: boolean;
  acknowledged(): void;
  /** The connection was lost with these under way, oldest first. Gives the one that is to blame, when that is sure. */
  closed<Packet extends Outgoing>(underWay: readonly Packet[]): Packet | undefined;
}

export function createSuspicion(): Suspicion {
  let oldest: Outgoing | undefined;
  let closes = 0;
  let closesAlone = 0;
  let steps = 0;
  return {
    get isOn() {
      return steps > 0;
    },
    acknowledged: () => {
      if (steps > 0) steps -= 1;
    },
    closed: (underWay) => {
      const [first] = underWay;
      if (first === undefined) return undefined;
      if (oldest === undefined || !isSame(first, oldest)) closes = closesAlone = 0;
      oldest = first;
      closes += 1;
      closesAlone = underWay.length === 1 ? closesAlone + 1 : 0;
      if (closes >= CLOSES_TO_SUSPECT) steps = STEPS;
      if (closesAlone < CLOSES_TO_BLAME) return undefined;
      oldest = undefined;
      return first;
    },
  };
}

function isSame(one: Outgoing, other: Outgoing): boolean {
  return one.topic === other.topic && Buffer.compare(one.payload, other.payload) === 0;
}
