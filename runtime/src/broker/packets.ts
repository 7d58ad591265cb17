/** A packet as aedes hands it to its store (`aedes-packet`): PUBLISH, or PUBREL in the middle of a QoS 2 exchange. */
export interface BrokerPacket {
  readonly cmd: 'publish' | 'pubrel';
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly dup: boolean;
  readonly brokerId?: string;
  readonly brokerCounter?: number;
  readonly messageId?: number | undefined;
}

/** What a publish weighs against the quotas, bytes. */
export function weightOf(packet: Pick<BrokerPacket, 'topic' | 'payload'>): number {
  return packet.topic.length + packet.payload.length + 100;
}

/** A publish without what belongs to one connection or one process, as it is kept on disk. */
export function toKept(packet: BrokerPacket): Pick<BrokerPacket, 'topic' | 'payload' | 'qos' | 'retain'> {
  const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
  return { topic: packet.topic, payload, qos: packet.qos, retain: packet.retain };
}

/** Reads back what `toKept` wrote. */
export function fromKept(value: unknown): BrokerPacket {
  const kept = value as ReturnType<typeof toKept>;
  return { cmd: 'publish', dup: false, ...kept, payload: Buffer.from(kept.payload) };
}
