import type { Arrival } from '../message/arrival.ts';
import type { MqttPacket, NodeContext, NodeStatus, Stop, Subscription } from './context.ts';
import type { Intake, Settled } from './implementNode.ts';

export interface Listening {
  readonly connection: string;
  readonly filter: string;
  readonly qos: 0 | 1 | 2;
  /** Makes a message of a packet; `undefined` for one that the node lets pass by, which is acknowledged at once. */
  readonly read: (packet: MqttPacket) => Arrival | undefined;
}

const BLOCKING: NodeStatus = {
  state: 'warning',
  text: 'this flow does not keep up: its connection reads nothing for any flow until it has room again',
};

/**
 * Brings packets of an MQTT connection into a flow. A packet is acknowledged when all that came of it is through (EN6);
 * while the flow is full the connection reads nothing (EN5). The status of the connection is shown as the node's.
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
    const receive = (packet: MqttPacket, acknowledge: () => void) => {
      const arrival = read(packet);
      if (arrival === undefined) {
        acknowledge();
        return true;
      }
      const settled = (outcome: Settled) => {
        if (outcome === 'done') acknowledge();
      };
      if (arrival.ok) return intake.push('out', arrival.message, settled);
      return intake.fail(arrival.message, arrival.sentence, settled);
    };
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
