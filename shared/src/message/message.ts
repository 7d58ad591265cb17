/** Any JSON value. Messages, settings and state are made of these; all of them are deeply read-only. */
export type Json = null | boolean | number | string | JsonArray | JsonObject;
export type JsonArray = readonly Json[];
export interface JsonObject {
  readonly [key: string]: Json;
}

/** What a message carries: JSON, or the raw bytes of a protocol that was not decoded. */
export type Payload = Json | Uint8Array;

/** Flat facts that a protocol brings along: `qos`, `retain`, `contentType`, `duplicate`, `historical` … */
export type Headers = Readonly<Record<string, string | number | boolean>>;

/**
 * One unit of data. Deeply read-only: a node that changes something makes a new message, so nothing has to be
 * cloned when a wire fans out.
 */
export interface Message {
  /** Unique in the workspace. A message derived from another keeps its id. */
  readonly id: string;
  /** Event time, milliseconds since the epoch. */
  readonly time: number;
  readonly topic: string;
  /** The device that the message is about: the key that state is kept by. */
  readonly device?: string | undefined;
  readonly payload: Payload;
  readonly headers: Headers;
}

export const NO_HEADERS: Headers = Object.freeze({});

/** The fields that make up a message; all of them optional but `id` and `time`. */
export interface MessageParts {
  readonly id: string;
  readonly time: number;
  readonly topic?: string | undefined;
  readonly device?: string | undefined;
  readonly payload?: Payload | undefined;
  readonly headers?: Headers | undefined;
}

/** Makes a message. Every message goes through here, so that all have one shape in memory. */
export function createMessage(parts: MessageParts): Message {
  return {
    id: parts.id,
    time: parts.time,
    topic: parts.topic ?? '',
    device: parts.device,
    payload: parts.payload === undefined ? null : parts.payload,
    headers: parts.headers ?? NO_HEADERS,
  };
}

/** The same message with another payload. */
export function withPayload(message: Message, payload: Payload): Message {
  return {
    id: message.id,
    time: message.time,
    topic: message.topic,
    device: message.device,
    payload,
    headers: message.headers,
  };
}

/** The key that state is kept by: the device, or the empty key for messages of no device. */
export function keyOf(message: Message): string {
  return message.device ?? '';
}

export function isJsonObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}
