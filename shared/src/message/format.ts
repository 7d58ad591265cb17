import type { Value } from './value.ts';
import { formOf } from './value.ts';

/** A number for reading, with a real minus sign. */
export function formatNumber(value: number): string {
  return String(value).replace('-', '−');
}

/** A setting for reading: a literal as it stands, else where it comes from. */
export function formatValue(value: Value): string {
  const form = formOf(value);
  switch (form.kind) {
    case 'literal':
      if (typeof form.literal === 'number') return formatNumber(form.literal);
      return typeof form.literal === 'string' ? `“${cut(form.literal)}”` : cut(JSON.stringify(form.literal));
    case 'path':
      return cut(form.path);
    case 'template':
      return `“${cut(form.template)}”`;
    case 'expression':
      return `= ${cut(form.expression)}`;
  }
}

/** A text cut to what fits on a node. */
export function cut(text: string, length = 30): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
