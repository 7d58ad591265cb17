import type { Message, MessageParts } from '@sluice/shared/message/message.ts';
import { createMessage, isJsonObject } from '@sluice/shared/message/message.ts';

/** What is sent to the flow of a simulated world: one measurement of a device. */
export interface Reading {
  readonly device: string;
  /** Counts up from 1 for each device. */
  readonly sequence: number;
  readonly value: number;
  /** A step fails on it, a target never takes it. */
  readonly flaw: 'none' | 'bad' | 'unwanted';
  /** When the device measured it, ms since the epoch. */
  readonly time: number;
}

export function messageOfReading(
  { device, sequence, value, flaw, time }: Reading,
  { id, headers }: Pick<MessageParts, 'id' | 'headers'>,
): Message {
  return createMessage({
    id,
    time,
    topic: `devices/${device}`,
    device,
    payload: { sequence, value, flaw },
    headers,
  });
}

/** The reading that a message carries on; `undefined` for one that a node made by itself. */
export function readingOf({ device, payload, time }: Message): Reading | undefined {
  if (device === undefined || !isJsonObject(payload)) return undefined;
  const { sequence, value, flaw } = payload;
  if (typeof sequence !== 'number' || typeof value !== 'number') return undefined;
  if (flaw !== 'none' && flaw !== 'bad' && flaw !== 'unwanted') return undefined;
  return { device, sequence, value, flaw, time };
}

/** What tells readings apart, also over being sent again. */
export function nameOf({ device, sequence }: Pick<Reading, 'device' | 'sequence'>): string {
  return `${device}#${sequence}`;
}

/** The name of what a message carries, else what it is by itself. */
export function nameOfMessage(message: Message): string {
  const reading = readingOf(message);
  if (reading !== undefined) return nameOf(reading);
  return `${message.device ?? ''}!${JSON.stringify(message.payload)}`;
}
