import type { Json, JsonObject } from '@sluice/shared/message/message.ts';
import { isJsonObject } from '@sluice/shared/message/message.ts';
import type { ShownMessage } from '@sluice/shared/protocol/shown.ts';
import { count } from '../flow/count.ts';
import { formatPlain } from '../ui/formatValue.ts';

/**
 * A message in a few letters, for the foot of a node: the value itself, the value of a payload that has one `value`,
 * the first number of a reading with its name, or how much there is.
 */
export function shortValue(message: ShownMessage, mostLetters: number): string {
  if (message.cut?.kind === 'bytes') return `${message.cut.bytes} bytes`;
  const reading = readingOf(message);
  return cut(reading === undefined ? textOf(message.payload) : readingText(reading), mostLetters);
}

/** The number that a message is about. */
export interface Reading {
  readonly name?: string;
  readonly value: number;
  readonly unit?: string;
}

/**
 * The payload itself where it is a number, its `value`, the measurement that a header names, or its first number.
 * `undefined` where there is none.
 */
export function readingOf({ payload, headers }: ShownMessage): Reading | undefined {
  if (typeof payload === 'number') return { value: payload };
  if (!isJsonObject(payload)) return undefined;
  const { value, unit } = payload;
  if (typeof value === 'number') return typeof unit === 'string' ? { value, unit } : { value };
  if (value !== undefined) return undefined;
  const { measurement, unit: ofMeasurement } = headers;
  const measured = typeof measurement === 'string' ? payload[measurement] : undefined;
  if (typeof measurement === 'string' && typeof measured === 'number') {
    const rest = typeof ofMeasurement === 'string' ? { unit: ofMeasurement } : {};
    return { name: measurement, value: measured, ...rest };
  }
  const first = firstNumber(payload);
  return first === undefined ? undefined : { name: first[0], value: first[1] };
}

/** With a unit people know what it is; else the name says it. */
function readingText({ name, value, unit }: Reading): string {
  if (unit !== undefined) return `${formatPlain(value)} ${unit}`;
  return name === undefined ? formatPlain(value) : `${name} ${formatPlain(value)}`;
}

/** A message in as few letters as a chip on a wire has room for: as `shortValue`, of a named measurement the number only. */
export function tinyValue(message: ShownMessage): string {
  const reading = readingOf(message);
  return reading?.name === undefined ? shortValue(message, TINY) : formatPlain(reading.value);
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
