import type { Json } from '../message/message.ts';

/**
 * JSON in its canonical form (RFC 8785): keys sorted by UTF-16 code units, no white space, numbers as ECMAScript
 * writes them. Two values are the same exactly when their canonical forms are.
 */
export function canonicalJson(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.keys(value)
    .toSorted(byCodeUnits)
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${members.join(',')}}`;
}

/** `Array.isArray` does not narrow read-only arrays. */
function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
