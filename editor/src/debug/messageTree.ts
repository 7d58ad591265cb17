import type { Json } from '@sluice/shared/message/message.ts';
import { isJsonObject } from '@sluice/shared/message/message.ts';
import { formatPath, type Path } from '@sluice/shared/message/path.ts';
import type { ShownMessage } from '@sluice/shared/protocol/shown.ts';

/** One line of the tree: a value and the path by which settings reach it. */
export interface TreeLine {
  /** As settings write it: `payload.readings[0].value`. */
  readonly path: string;
  readonly label: string;
  readonly value: Json;
  readonly children: readonly TreeLine[];
}

const MOST_CHILDREN = 200;

/** A message as a tree: payload first, because that is what people look for. */
export function messageTree(message: ShownMessage): readonly TreeLine[] {
  const fields: readonly (readonly [string, Json | undefined])[] = [
    ['payload', message.payload],
    ['device', message.device],
    ['topic', message.topic],
    ['time', message.time],
    ['headers', Object.keys(message.headers).length === 0 ? undefined : message.headers],
    ['id', message.id],
  ];
  return fields.flatMap(([name, value]) => (value === undefined ? [] : [lineOf([name], value)]));
}

function lineOf(path: Path, value: Json): TreeLine {
  const label = String(path.at(-1) ?? '');
  return { path: formatPath(path), label, value, children: childrenOf(path, value) };
}

function childrenOf(path: Path, value: Json): TreeLine[] {
  if (Array.isArray(value)) {
    return value.slice(0, MOST_CHILDREN).map((inner: Json, index) => lineOf([...path, index], inner));
  }
  if (!isJsonObject(value)) return [];
  return Object.entries(value)
    .slice(0, MOST_CHILDREN)
    .map(([key, inner]) => lineOf([...path, key], inner));
}

/** A value in one line: text in quotes, objects and lists by what they hold. */
export function shortValue(value: Json): string {
  if (Array.isArray(value)) return value.length === 1 ? '1 item' : `${value.length} items`;
  if (isJsonObject(value)) {
    const keys = Object.keys(value);
    return keys.length === 0 ? 'empty' : keys.slice(0, 4).join(', ') + (keys.length > 4 ? ', …' : '');
  }
  return typeof value === 'string' ? `“${value}”` : JSON.stringify(value);
}

/** Lines whose label or value has the text, with the lines that lead there. */
export function searchTree(lines: readonly TreeLine[], text: string): readonly TreeLine[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return lines;
  return lines.flatMap((line) => {
    if (`${line.label} ${shortValue(line.value)}`.toLowerCase().includes(wanted)) return [line];
    const children = searchTree(line.children, text);
    return children.length === 0 ? [] : [{ ...line, children }];
  });
}

/** Paths of all values that are not objects or lists: what a setting can be taken from. */
export function leafPaths(lines: readonly TreeLine[]): readonly TreeLine[] {
  return lines.flatMap((line) => (line.children.length === 0 ? [line] : leafPaths(line.children)));
}

/** One line about a message, for lists: its payload, and what it is about. */
export function messageLine(message: ShownMessage): string {
  const { payload } = message;
  if (!isJsonObject(payload)) return shortValue(payload);
  return Object.entries(payload)
    .slice(0, 6)
    .map(([key, value]) => `${key} ${typeof value === 'string' ? value : shortValue(value)}`)
    .join(' · ');
}
