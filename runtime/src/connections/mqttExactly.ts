import type { MqttClient } from 'mqtt';
import type { Outgoing } from './mqttBurst.ts';

/** PUBREL (MQTT 3.1.1, section 3.6.1): type and flags, and the length of what follows. */
const PUBREL = [0x62, 2];

type Done = (error?: Error | null) => void;

/** Publishes at QoS 2, which is left to mqtt.js, but for what becomes of packets when the connection is lost. */
export interface ExactPublisher {
  /** Publishes one; `done` is called once, with an error when it was taken back. */
  publish(packet: Outgoing, done: Done): void;
  /** Takes a packet back, so that mqtt.js does not send it again after its sender was told that it failed. */
  takeBack(done: Done): void;
  /** The connection is gone: takes all of them back. */
  takeAllBack(): void;
}

/**
 * The broker keeps the packet id of what was taken back until it is released, counts it as under way and may take the
 * next packet of this id for the same one. So it is released: at once when the broker answers to it, else when it is
 * there again with its session.
 */
export function createExactPublisher(client: MqttClient): ExactPublisher {
  const owed = new Set<number>();
  const release = (packetIds: Iterable<number>) => {
    const bytes = [...packetIds].flatMap((id) => [...PUBREL, id >> 8, id & 255]);
    if (bytes.length > 0) client.stream.write(Buffer.from(bytes));
  };
  client.on('packetreceive', (packet) => {
    if (packet.cmd === 'connack') {
      if (packet.sessionPresent) release(owed);
      owed.clear();
    } else if (packet.cmd === 'pubrec' && client.outgoing[packet.messageId ?? 0] === undefined) {
      release([packet.messageId ?? 0]);
      owed.delete(packet.messageId ?? 0);
    }
  });
  const takeBack = (packetId: number) => {
    owed.add(packetId);
    client.removeOutgoingMessage(packetId);
  };
  return {
    publish: ({ topic, payload, qos, retain }, done) => {
      client.publish(topic, Buffer.from(payload), { qos, retain }, done);
    },
    takeBack: (done) => {
      const sent = Object.entries(client.outgoing).find(([, { cb }]) => cb === done);
      if (sent !== undefined) takeBack(Number(sent[0]));
    },
    takeAllBack: () => {
      for (const [packetId, { volatile }] of Object.entries(client.outgoing))
        if (!volatile) takeBack(Number(packetId));
    },
  };
}
