import { SluiceError } from '@sluice/shared/errors.ts';
import type { Outgoing } from './mqttBurst.ts';

/** What became of packets that were not published. */
type Fate = 'not sent' | 'unconfirmed' | 'late';

const FATES: Readonly<Record<Fate, string>> = {
  'not sent': 'not handed to the broker',
  unconfirmed: 'not confirmed by the broker',
  late: 'not confirmed by the broker in time',
};

/** The broker is away: publishing again may help (EN8). `state` says how the connection is. */
export function brokerAway(
  packets: readonly Outgoing[],
  fate: Fate,
  state: string,
  cause?: Error,
): SluiceError {
  const others = packets.length - 1;
  const what = `The message for “${packets[0]?.topic}”`;
  const subject = others === 0 ? `${what} was` : `${what} and ${others} more after it were`;
  return new SluiceError('target-away', `${subject} ${FATES[fate]} (${state}).`, {
    ...(cause !== undefined && { cause }),
  });
}

/** The broker does not let this user in. */
export function connectionRefused({ topic }: Outgoing, state: string): SluiceError {
  return new SluiceError(
    'not-allowed',
    `The message for “${topic}” was not sent: ${state}. Mend the settings of the connection.`,
  );
}

/** The broker closes the connection whenever it gets this packet. */
export function packetRefused({ topic, payload }: Outgoing): SluiceError {
  return new SluiceError(
    'not-allowed',
    `The broker closed the connection each time it got the message for “${topic}” (${payload.length} bytes). Check whether this user may publish on that topic, and how large a message the broker takes.`,
  );
}

/** Longer than MQTT allows. */
export function tooLarge({ topic, payload }: Outgoing): SluiceError {
  return new SluiceError(
    'too-large',
    `The message for “${topic}” has ${payload.length} bytes, more than MQTT can carry (256 MB).`,
  );
}
