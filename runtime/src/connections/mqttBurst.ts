import type { MqttPacket } from '@sluice/shared/node/context.ts';

export type Outgoing = Omit<MqttPacket, 'duplicate'>;

/** First byte of a PUBLISH of QoS 0, and the bits in it for retained ones and for QoS 1 (MQTT 3.1.1, section 3.3.1). */
const PUBLISH = 0x30;
const RETAIN = 0x01;
const QOS_1 = 0x02;

/** The longest payload that fits into a packet beside the longest topic (section 2.2.3: 268,435,455 bytes in all). */
export const MAX_PAYLOAD_BYTES = 268_435_455 - 65_535 - 4;

/**
 * Encodes packets of QoS 0 and 1 one after the other, so that they go out in one write (MQTT 3.1.1, section 3.3).
 * `idOf` is asked once for each packet of QoS 1, in their order.
 */
export function encodeBurst<Packet extends Outgoing>(
  packets: readonly Packet[],
  idOf: (packet: Packet) => number,
): Buffer {
  let most = 0;
  // The fixed header has five bytes at most, the length of the topic two, the packet id two, a character three.
  for (const { topic, payload } of packets) most += 9 + topic.length * 3 + payload.length;
  const bytes = Buffer.allocUnsafe(most);
  let at = 0;
  for (const packet of packets) at = encode(bytes, at, packet, packet.qos === 0 ? undefined : idOf(packet));
  return bytes.subarray(0, at);
}

function encode(bytes: Buffer, from: number, packet: Outgoing, packetId: number | undefined): number {
  const { topic, payload, retain } = packet;
  const topicLength = Buffer.byteLength(topic);
  const idLength = packetId === undefined ? 0 : 2;
  bytes[from] = PUBLISH | (retain ? RETAIN : 0) | (packetId === undefined ? 0 : QOS_1);
  let at = writeLength(bytes, from + 1, 2 + topicLength + idLength + payload.length);
  at = bytes.writeUInt16BE(topicLength, at);
  at += bytes.write(topic, at);
  if (packetId !== undefined) at = bytes.writeUInt16BE(packetId, at);
  bytes.set(payload, at);
  return at + payload.length;
}

/** Seven bits a byte, the lowest first; the top bit says that more follow (section 2.2.3). Gives the place after it. */
function writeLength(bytes: Buffer, at: number, length: number): number {
  let rest = length;
  let next = at;
  for (; rest > 127; rest >>>= 7) {
    bytes[next] = (rest & 127) | 128;
    next += 1;
  }
  bytes[next] = rest;
  return next + 1;
}
