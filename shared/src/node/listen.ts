import type { Arrival } from '../message/arrival.ts';
import type { Message } from '../message/message.ts';
import type { MqttPacket, NodeContext, NodeStatus, Stop, Subscription } from './context.ts';
import type { Intake, Settled } from './implementNode.ts';

export interface Listening {
  readonly connection: string;
  readonly filter: string;
  readonly qos: 0 | 1 | 2;
  readonly read: ReadPacket;
}

/** Makes a message of a packet; `undefined` for one that the node lets pass by. */
type ReadPacket = (packet: MqttPacket) => Arrival | undefined;

const BLOCKING: NodeStatus = {
  state: 'warning',
  text: 'this flow does not keep up: its connection reads nothing for any flow until it has room again',
};

/**
 * Brings packets of an MQTT connection into a flow. Those that come together are acknowledged when all that came of them
 * is through (EN6); while the flow is full the connection reads nothing (EN5). The status of the connection is shown as the node's.
 */
export async function listenToMqtt(
  context: NodeContext,
  intake: Intake<'out'>,
  { connection, filter, qos, read }: Listening,
): Promise<Stop> {
  const mqtt = context.connection('mqtt', connection);
  let subscription: Subscription | undefined;
  const stopRoom = intake.onRoom(() => subscription?.resume());
  let last: NodeStatus | undefined;
  const stopStatus = mqtt.onStatus((status) => {
    last = status;
    context.status(status);
  });
  const onBlocking = (isBlocking: boolean) => {
    if (isBlocking) context.status(BLOCKING);
    else if (last !== undefined) context.status(last);
  };
  const stopListening = async () => {
    await stopRoom();
    await stopStatus();
  };
  try {
    const receive = (packets: readonly MqttPacket[], acknowledge: () => void) =>
      bringIn(intake, packets, read, acknowledge);
    subscription = await mqtt.subscribe(filter, qos, receive, onBlocking);
  } catch (error) {
    await stopListening();
    throw error;
  }
  // There may have been room again before there was a subscription to tell it to.
  subscription.resume();
  const subscribed = subscription;
  intake.tellsLag?.(() => subscribed.waiting);
  return async () => {
    await stopListening();
    await subscribed.stop();
  };
}

function bringIn(
  intake: Intake<'out'>,
  packets: readonly MqttPacket[],
  read: ReadPacket,
  acknowledge: () => void,
): boolean {
  const messages: Message[] = [];
  const unread: Extract<Arrival, { ok: false }>[] = [];
  for (const packet of packets) {
    const arrival = read(packet);
    if (arrival === undefined) continue;
    if (arrival.ok) messages.push(arrival.message);
    else unread.push(arrival);
  }
  let open = unread.length + (messages.length > 0 ? 1 : 0);
  if (open === 0) acknowledge();
  const settled = (outcome: Settled) => {
    if (outcome === 'refused') return;
    open -= 1;
    if (open === 0) acknowledge();
  };
  let hasRoom = true;
  for (const { message, sentence } of unread) hasRoom = intake.fail(message, sentence, settled) && hasRoom;
  if (messages.length > 0) hasRoom = intake.pushAll('out', messages, settled) && hasRoom;
  return hasRoom;
}

/** Makes the message of a packet once for all nodes that read alike: those with the same `by`. */
export function readOnce(by: string, read: (packet: MqttPacket) => Arrival): (packet: MqttPacket) => Arrival {
  return (packet) => {
    if (packet.arrival?.by === by) return packet.arrival.result;
    const result = read(packet);
    packet.arrival = { by, result };
    return result;
  };
}
