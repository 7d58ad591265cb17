import type { JsonObject, Message, Payload } from '@sluice/shared/message/message.ts';
import { isJsonObject } from '@sluice/shared/message/message.ts';

/**
 * About how many bytes a payload takes on its way to another process. Stops counting beyond `enough`, so a huge payload
 * costs no more than one that is just too large.
 */
export function roughSize(payload: Payload, enough: number): number {
  const open: Payload[] = [payload];
  let size = 0;
  for (let value = open.pop(); value !== undefined && size <= enough; value = open.pop()) {
    size += 8;
    if (typeof value === 'string' || value instanceof Uint8Array) size += value.length;
    else if (Array.isArray(value)) for (const inner of value.slice(0, 1 + enough / 8)) open.push(inner);
    else if (isJsonObject(value)) size += openFields(value, open, enough);
  }
  return size;
}

/** Adds the values of an object to those that are open; gives the size of its keys. */
function openFields(value: JsonObject, open: Payload[], enough: number): number {
  let size = 0;
  for (const key in value) {
    if (size > enough) break;
    size += key.length;
    open.push(value[key] ?? null);
  }
  return size;
}

/** What a message is reckoned to take on disk, bytes. */
export function sizeOf({ payload, topic, headers }: Message): number {
  return (
    150 +
    topic.length +
    roughSize(headers, Number.POSITIVE_INFINITY) +
    roughSize(payload, Number.POSITIVE_INFINITY)
  );
}
