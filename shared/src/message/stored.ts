import type { Headers, Message, Payload } from './message.ts';
import { createMessage } from './message.ts';

/**
 * A message as state holds it (EN9): JSON. Bytes are kept as base64 under a field of their own, so that no payload can
 * be mistaken for them.
 */
export type StoredMessage = {
  readonly id: string;
  readonly time: number;
  readonly topic: string;
  readonly device: string | null;
  readonly headers: Headers;
  readonly payload: Exclude<Payload, Uint8Array>;
  readonly bytes: string | null;
};

export function toStored(message: Message): StoredMessage {
  const { id, time, topic, device = null, headers, payload } = message;
  if (payload instanceof Uint8Array)
    return { id, time, topic, device, headers, payload: null, bytes: payload.toBase64() };
  return { id, time, topic, device, headers, payload, bytes: null };
}

export function fromStored(stored: StoredMessage): Message {
  return createMessage({
    id: stored.id,
    time: stored.time,
    topic: stored.topic,
    device: stored.device ?? undefined,
    headers: stored.headers,
    payload: stored.bytes === null ? stored.payload : Uint8Array.fromBase64(stored.bytes),
  });
}
