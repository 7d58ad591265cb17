import type { AedesPublishPacket, Client, PublishPacket, Subscription } from 'aedes';
import { mayPublish } from './border.ts';
import type { ConnectedClient, Delivery } from './delivery.ts';
import { isWithin, toInner, toOuter } from './identity.ts';
import type { Inbox } from './inbox.ts';
import type { BrokerPacket } from './packets.ts';
import type { Places } from './places.ts';
import type { OnQuota } from './quotas.ts';
import type { Sessions } from './sessions.ts';
import type { SignInAnswer } from './signIn.ts';
import type { Visitor, Visitors } from './visitors.ts';

const BEHIND =
  'The flows are so far behind that the broker takes no more messages of QoS 1 and 2 for them; who publishes has to come again.';

/** What becomes of a message between its arrival and its readers. */
export interface Parts {
  readonly delivery: Delivery;
  readonly inbox: Inbox;
  readonly places: Places;
  readonly sessions: Sessions;
}

type Done = (error?: Error | null) => void;

/** Takes a message that may be published: it has its place with those who may lose nothing, and is on disk. */
export function createAdmission({ inbox, places, sessions }: Omit<Parts, 'delivery'>, warn: OnQuota) {
  return (publisher: string | undefined, packet: BrokerPacket, done: Done): void => {
    const interested = packet.qos === 0 ? [] : sessions.interested(packet.topic);
    // Who is behind may go on publishing: it has to, to catch up.
    const others = interested.map(({ clientId }) => clientId).filter((id) => id !== publisher);
    if (others.length > 0 && !places.hold(publisher, others, packet)) {
      warn(BEHIND);
      done(new Error(BEHIND));
    } else if (packet.qos === 1 && interested.length > 0) {
      void admit(inbox, places, packet, done);
    } else {
      done(null);
    }
  };
}

export type Admission = ReturnType<typeof createAdmission>;

export interface HookOptions {
  readonly delivery: Delivery;
  readonly visitors: Visitors;
  readonly admission: Admission;
  /** Subscriptions that may be kept. */
  readonly granted: WeakSet<object>;
  /** A client published something that it may publish. */
  onTaken(client: Client, visitor: Visitor): void;
}

/** What aedes asks for: who may connect, publish, subscribe and get what. All topics are inner ones. */
export function createHooks({ delivery, visitors, admission, granted, onTaken }: HookOptions) {
  return {
    authenticate(client: Client, _user: unknown, _password: unknown, done: AuthenticateDone): void {
      const visitor = visitors.of(client);
      if (visitor?.answer.ok !== true || visitor.isOut) {
        done(refusal(visitor?.answer), null);
        return;
      }
      delivery.connecting(client as unknown as ConnectedClient);
      done(null, true);
    },
    authorizePublish(client: Client | null, packet: PublishPacket, done: Done): void {
      const visitor = client === null ? undefined : visitors.of(client);
      if (client === null || visitor?.answer.ok !== true || visitor.isOut) {
        done(new Error('it is not signed in any more'));
      } else if (!mayPublish(visitor.answer.identity, packet.topic)) {
        done(new Error(`it may not publish to “${toOuter(visitor.prefix, packet.topic)}”`));
      } else {
        onTaken(client, visitor);
        admission(client.id, packet as unknown as BrokerPacket, done);
      }
    },
    authorizeSubscribe(
      client: Client,
      subscription: Subscription,
      done: (error: Error | null, subscription?: Subscription | null) => void,
    ): void {
      const visitor = visitors.of(client);
      const mayRead =
        visitor?.answer.ok === true &&
        !visitor.isOut &&
        isWithin(visitor.answer.identity, subscription.topic);
      if (mayRead) granted.add(subscription);
      // Without one SUBACK has 0x80 for this filter (section 3.9.3).
      done(null, mayRead ? subscription : null);
    },
    authorizeForward(client: Client, packet: AedesPublishPacket): AedesPublishPacket | null {
      const visitor = visitors.of(client);
      if (visitor?.answer.ok !== true || visitor.isOut) return null;
      const { prefix } = visitor;
      // What comes from a queue has its outer topic already.
      const outer = toOuter(prefix, packet.topic);
      if (!isWithin(visitor.answer.identity, toInner(prefix, outer))) return null;
      if (!delivery.isForwarded(client as unknown as ConnectedClient, packet as unknown as BrokerPacket))
        return null;
      return prefix === '' ? packet : { ...packet, topic: outer };
    },
  };
}

type AuthenticateDone = (error: (Error & { returnCode: number }) | null, ok: true | null) => void;

function refusal(answer: SignInAnswer | undefined): Error & { returnCode: number } {
  const { code, reason } =
    answer === undefined || answer.ok ? { code: 5, reason: 'its right was taken' } : answer;
  return Object.assign(new Error(reason), { returnCode: code });
}

async function admit(inbox: Inbox, places: Places, packet: BrokerPacket, done: Done): Promise<void> {
  let failure: Error | null = null;
  try {
    await inbox.add(packet);
  } catch (error) {
    places.done(packet);
    failure = error instanceof Error ? error : new Error(String(error));
  }
  done(failure);
}
