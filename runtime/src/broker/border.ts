import type { EventEmitter } from 'node:events';
import type { Client, ConnectPacket, PublishPacket, SubscribePacket, UnsubscribePacket } from 'aedes';
import type { Identity } from './identity.ts';
import { innerClientId, isWithin, prefixOf, toInner } from './identity.ts';
import type { SignIn, SignInAnswer } from './signIn.ts';
import { REFUSED } from './signIn.ts';
import type { Visitor, Visitors } from './visitors.ts';

/** The parser of a client of aedes, which is not in its types. */
interface WithParser {
  readonly _parser: EventEmitter;
}

type Arriving =
  | ConnectPacket
  | PublishPacket
  | SubscribePacket
  | UnsubscribePacket
  | { readonly cmd: 'pingreq' | 'disconnect' | 'puback' | 'pubrec' | 'pubrel' | 'pubcomp' };

/** What the socket of a client tells of it. */
export interface Arrival {
  readonly certificate: string | undefined;
  readonly isLocal: boolean;
}

export interface BorderOptions {
  readonly visitors: Visitors;
  readonly signIn: SignIn;
  newId(): string;
}

/**
 * Stands between the parser of a client and the rest of the broker: signs it in when CONNECT comes, and gives what it
 * names the place inside the broker that its workspace has. Behind it all topics and client ids are inner ones.
 */
export function watchBorder(client: Client, arrival: Arrival, options: BorderOptions): void {
  let visitor: Visitor | undefined;
  const take = (packet: Arriving): void => {
    if (packet.cmd === 'connect') {
      visitor ??= options.visitors.enter(client, admitted(packet, arrival, options));
    } else if (visitor !== undefined && visitor.prefix !== '') {
      moveIn(packet, visitor.prefix);
    }
  };
  (client as unknown as WithParser)._parser.prependListener('packet', take);
}

function admitted(packet: ConnectPacket, arrival: Arrival, options: BorderOptions): SignInAnswer {
  const { username, password } = packet;
  const answer = options.signIn({
    username,
    password: password === undefined ? undefined : String(password),
    ...arrival,
  });
  if (!answer.ok) return answer;
  const clientId = innerClientId(answer.identity, packet.clientId, options.newId);
  if (clientId === undefined) {
    return {
      ok: false,
      code: REFUSED.clientId,
      reason: `the client id “${packet.clientId}” begins with $, which is for the broker itself`,
    };
  }
  packet.clientId = clientId;
  return packet.will === undefined ? answer : withWill(answer, packet.will);
}

function withWill(
  answer: SignInAnswer & { ok: true },
  will: NonNullable<ConnectPacket['will']>,
): SignInAnswer {
  const outer = will.topic;
  will.topic = toInner(prefixOf(answer.identity.workspace), outer);
  if (mayPublish(answer.identity, will.topic)) return answer;
  return {
    ok: false,
    code: REFUSED.notAllowed,
    reason: `its last will is for “${outer}”, where it may not publish`,
  };
}

/** Whether a client may publish to this topic, which is an inner one. */
export function mayPublish(identity: Identity, inner: string): boolean {
  return isWithin(identity, inner) && !/[+#]/.test(inner);
}

function moveIn(packet: Exclude<Arriving, ConnectPacket>, prefix: string): void {
  switch (packet.cmd) {
    case 'publish':
      packet.topic = toInner(prefix, packet.topic);
      break;
    case 'subscribe':
      for (const subscription of packet.subscriptions)
        subscription.topic = toInner(prefix, subscription.topic);
      break;
    case 'unsubscribe':
      packet.unsubscriptions = packet.unsubscriptions.map((filter) => toInner(prefix, filter));
      break;
    default:
  }
}
