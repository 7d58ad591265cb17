import type { Headers, Json, JsonObject, Message } from '@sluice/shared/message/message.ts';
import { createMessage, isJsonObject } from '@sluice/shared/message/message.ts';
import { isNumber, whatIsFound } from '@sluice/shared/message/number.ts';

const EXPECTED = 'Give back a message, such as { ...message, payload: 5 }, a list of messages, or null.';

/**
 * The messages that user code gave back, by output. What a message leaves out it has from the one that came in. Throws
 * a sentence when the result is no message.
 */
export function messagesOf(
  result: Json | undefined,
  input: Message,
  outputs: number,
): readonly (readonly Message[])[] {
  if (result === undefined || result === null) return [];
  if (outputs === 1) return [listOf(result, input)];
  if (!isList(result))
    throw new TypeError(
      `The code has ${outputs} outputs and gave back ${isJsonObject(result) ? 'one object' : 'no list'}. Give back a list with an entry for each output, such as [message, null].`,
    );
  if (result.length > outputs)
    throw new TypeError(`The code gave back ${result.length} entries, and there are ${outputs} outputs.`);
  return result.map((entry) => listOf(entry, input));
}

function listOf(entry: Json, input: Message): readonly Message[] {
  if (entry === null) return [];
  if (!isList(entry)) return [messageOf(entry, input)];
  return entry.filter((one) => one !== null).map((one) => messageOf(one, input));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function messageOf(result: Json, input: Message): Message {
  if (!isJsonObject(result))
    throw new TypeError(`What the code gave back ${whatIsFound(result)}. ${EXPECTED}`);
  const { payload } = result;
  if (payload === undefined) throw new TypeError(`What the code gave back has no payload. ${EXPECTED}`);
  return createMessage({
    id: field(result, 'id', isText, 'a text') ?? input.id,
    time: field(result, 'time', isNumber, 'a number of milliseconds') ?? input.time,
    topic: field(result, 'topic', isText, 'a text') ?? input.topic,
    device:
      result['device'] === null ? undefined : (field(result, 'device', isText, 'a text') ?? input.device),
    payload,
    headers:
      field(result, 'headers', areHeaders, 'an object of texts, numbers and booleans') ?? input.headers,
  });
}

function field<T>(
  result: JsonObject,
  name: string,
  fits: (value: unknown) => value is T,
  what: string,
): T | undefined {
  const value = result[name];
  if (value === undefined) return undefined;
  if (!fits(value))
    throw new TypeError(`The message given back: ${name} ${whatIsFound(value)}. It has to be ${what}.`);
  return value;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function areHeaders(value: unknown): value is Headers {
  if (!isJsonObject(value)) return false;
  return Object.values(value).every((one) => one !== null && typeof one !== 'object');
}
