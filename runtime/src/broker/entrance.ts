import type { Socket } from 'node:net';
import type { Aedes, Client } from 'aedes';
import type { Arrival } from './border.ts';
import { watchBorder } from './border.ts';
import type { GuardedStream } from './guardedStream.ts';
import { guardSocket } from './guardedStream.ts';
import { LOCAL } from './identity.ts';
import type { BrokerOptions } from './options.ts';
import type { SignIn } from './signIn.ts';
import { REFUSED } from './signIn.ts';
import type { Slowing } from './slowing.ts';
import type { Visitor, Visitors } from './visitors.ts';

/** The longest packet before CONNECT is accepted: nobody is known yet, so nobody gets much memory. */
const BEFORE_CONNECT_BYTES = 16_384;
const onlyLocal: SignIn = ({ isLocal }) =>
  isLocal
    ? { ok: true, identity: LOCAL }
    : { ok: false, code: REFUSED.notAllowed, reason: 'it is not on this machine' };

/** The guard of each connection, by the stream that aedes knows. */
export type Guards = WeakMap<object, GuardedStream>;

export interface Entrance {
  readonly aedes: Aedes;
  readonly guards: Guards;
  readonly visitors: Visitors;
  readonly options: BrokerOptions;
  warn(sentence: string): void;
}

/** Puts a socket behind its guard and gives it to aedes. */
export function accept(
  { aedes, guards, visitors, options, warn }: Entrance,
  socket: Socket,
  arrival: Arrival,
): void {
  const address = socket.remoteAddress ?? 'an unknown address';
  const limits = { beforeConnectBytes: BEFORE_CONNECT_BYTES, packetBytes: options.packetBytes };
  const guarded = guardSocket(socket, limits, options.time, (reason) =>
    warn(`An MQTT connection from ${address} was closed: ${reason}.`),
  );
  guards.set(guarded.stream, guarded);
  const client: Client = aedes.handle(guarded.stream);
  const { newId, signIn = onlyLocal } = options;
  watchBorder(client, arrival, { visitors, signIn, newId });
  // Whatever way it ends, and however early.
  guarded.stream.on('close', () => visitors.left(client));
}

/** A device published something: one that is ahead of its pace is read more slowly. */
export function slowDown(slowing: Slowing, guard: GuardedStream | undefined, { answer }: Visitor): void {
  if (!answer.ok || answer.identity.kind !== 'device') return;
  const waitMs = slowing.took(answer.identity.workspace, answer.identity.device);
  if (waitMs > 0) guard?.rest(waitMs);
}
