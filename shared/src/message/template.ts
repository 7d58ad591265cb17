import type { Message } from './message.ts';
import type { Reader } from './path.ts';
import { compileReader, parsePath, textOf } from './path.ts';

export type TemplateResult =
  | { ok: true; render: (message: Message) => string }
  | { ok: false; sentence: string };

/**
 * Compiles a text with `{{path}}` places, as in `alerts/{{device}}`. A value that is missing is empty text.
 * This is all that a template in a setting can do: nothing runs, so it needs no sandbox.
 */
export function compileTemplate(text: string): TemplateResult {
  const parts: (string | Reader)[] = [];
  let at = 0;
  for (const found of text.matchAll(/\{\{\s*(.*?)\s*\}\}/gs)) {
    const parsed = parsePath(found[1] ?? '');
    if (!parsed.ok) return { ok: false, sentence: `In the template “${text}”: ${parsed.sentence}` };
    parts.push(text.slice(at, found.index), compileReader(parsed.path));
    at = found.index + found[0].length;
  }
  const rest = text.slice(at);
  if (rest.includes('{{')) return { ok: false, sentence: `The template “${text}” has a {{ without its }}.` };
  parts.push(rest);
  return { ok: true, render: (message) => render(parts, message) };
}

function render(parts: readonly (string | Reader)[], message: Message): string {
  let text = '';
  for (const part of parts) text += typeof part === 'string' ? part : textOf(part(message));
  return text;
}
