import type { Payload } from './message.ts';
import { isJsonObject } from './message.ts';

/** A number that can be compared and counted with. NaN and the infinities are not: JSON has none of them. */
export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/**
 * Why a value does not pass for a number, as a sentence that names the field and what was found in it. Text is never
 * read as a number: `"21,5"` and `"0x10"` mean different things to different senders.
 */
export function notANumber(field: string, found: Payload | undefined): string {
  return `${field} ${whatIsFound(found)}. ${whatToDo(found)}`;
}

/** What a value is, to go on after the name of its field: `is missing`, `is the text “on”`. */
export function whatIsFound(found: Payload | undefined): string {
  if (found === undefined) return 'is missing';
  if (found === null) return 'is empty (null)';
  if (typeof found === 'string') return `is the text “${shortened(found)}”`;
  if (typeof found === 'number') return `is ${String(found).replace('-', '−')}`;
  if (typeof found === 'boolean') return `is ${String(found)}`;
  if (found instanceof Uint8Array) return `is raw bytes (${found.length})`;
  return isJsonObject(found) ? `is an object (${fieldsOf(found)})` : 'is a list';
}

function whatToDo(found: Payload | undefined): string {
  if (found === undefined) return 'Check the path, or that the device sends this field.';
  if (typeof found === 'string') return 'A number is needed; turn the text into one before this node.';
  if (found instanceof Uint8Array) return 'A number is needed; decode the bytes before this node.';
  if (isJsonObject(found)) return 'A number is needed; choose one of its fields.';
  return 'A number is needed.';
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function fieldsOf(found: object): string {
  const names = Object.keys(found);
  if (names.length === 0) return 'with no fields';
  return names.slice(0, 5).map(shortened).join(', ') + (names.length > 5 ? ', …' : '');
}
