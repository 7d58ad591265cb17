import type { Json, JsonObject } from '@sluice/shared/message/message.ts';
import { isJsonObject } from '@sluice/shared/message/message.ts';
import type { ShownMessage } from '@sluice/shared/protocol/live.ts';
import { count } from '../flow/count.ts';
import { formatPlain } from '../ui/formatValue.ts';

/**
 * A message in a few letters, for the foot of a node: the value itself, the value of a payload that has one `value`,
 * the first number of a reading with its name, or how much there is.
 */
export function shortValue(message: ShownMessage, mostLetters: number): string {
  if (message.cut?.kind === 'bytes') return `${message.cut.bytes} bytes`;
  return cut(textOf(message.payload), mostLetters);
}

/** A message in as few letters as a chip on a wire has room for: as `shortValue`, without the name. */
export function tinyValue(message: ShownMessage): string {
  const { payload } = message;
  const isReading = isJsonObject(payload) && payload['value'] === undefined;
  const first = isReading ? firstNumber(payload) : undefined;
  return first === undefined ? shortValue(message, TINY) : formatPlain(first[1]);
}
const TINY = 10;

/** The payload in one line, for a list of messages. */
export function payloadLine(message: ShownMessage, mostLetters = 60): string {
  const { payload } = message;
  if (message.cut?.kind === 'bytes') return `${message.cut.bytes} bytes`;
  if (!isJsonObject(payload)) return cut(textOf(payload), mostLetters);
  const parts = Object.entries(payload).map(([name, value]) => `${name} ${textOf(value)}`);
  return cut(parts.join(' · '), mostLetters);
}

function textOf(payload: Json): string {
  if (payload === null || typeof payload !== 'object') return formatPlain(payload);
  if (!isJsonObject(payload)) return count(payload.length, 'item');
  const { value, unit } = payload;
  if (value !== undefined && (typeof value !== 'object' || value === null))
    return typeof unit === 'string' ? `${formatPlain(value)} ${unit}` : formatPlain(value);
  const entries = Object.entries(payload);
  const first = firstNumber(payload) ?? entries[0];
  if (first === undefined) return 'empty';
  const [name, inner] = first;
  return inner === null || typeof inner !== 'object'
    ? `${name} ${formatPlain(inner)}`
    : count(entries.length, 'field');
}

function firstNumber(payload: JsonObject): [string, number] | undefined {
  for (const [name, inner] of Object.entries(payload)) if (typeof inner === 'number') return [name, inner];
  return undefined;
}

function cut(text: string, mostLetters: number): string {
  return text.length <= mostLetters ? text : `${text.slice(0, mostLetters - 1)}…`;
}
