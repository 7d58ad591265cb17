import type { MqttPacket } from '@sluice/shared/node/context.ts';

type Outgoing = Pick<MqttPacket, 'topic' | 'payload' | 'retain'>;

/** First byte of a PUBLISH of QoS 0, and the bit in it for retained ones (MQTT 3.1.1, section 3.3.1). */
const PUBLISH = 0x30;
const RETAIN = 0x01;

/** Encodes packets of QoS 0 one after the other, so that they go out in one write (MQTT 3.1.1, section 3.3). */
export function encodeBurst(packets: readonly Outgoing[]): Buffer {
  // The fixed header has five bytes at most, the length of the topic two, a character of it three.
  const most = packets.reduce((sum, { topic, payload }) => sum + 7 + topic.length * 3 + payload.length, 0);
  const bytes = Buffer.allocUnsafe(most);
  let at = 0;
  for (const { topic, payload, retain } of packets) {
    const topicLength = Buffer.byteLength(topic);
    bytes[at] = retain ? PUBLISH | RETAIN : PUBLISH;
    at = writeLength(bytes, at + 1, 2 + topicLength + payload.length);
    at = bytes.writeUInt16BE(topicLength, at);
    at += bytes.write(topic, at);
    bytes.set(payload, at);
    at += payload.length;
  }
  return bytes.subarray(0, at);
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
