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
  // By hand: a regular expression for this takes time by the cube of a text with “{{” and without “}}”.
  for (let from = text.indexOf('{{'); from !== -1; from = text.indexOf('{{', at)) {
    const to = text.indexOf('}}', from + 2);
    if (to === -1) return { ok: false, sentence: `The template “${text}” has a {{ without its }}.` };
    const parsed = parsePath(text.slice(from + 2, to).trim());
    if (!parsed.ok) return { ok: false, sentence: `In the template “${text}”: ${parsed.sentence}` };
    parts.push(text.slice(at, from), compileReader(parsed.path));
    at = to + 2;
  }
  const rest = text.slice(at);
  parts.push(rest);
  return { ok: true, render: (message) => render(parts, message) };
}

function render(parts: readonly (string | Reader)[], message: Message): string {
  let text = '';
  for (const part of parts) text += typeof part === 'string' ? part : textOf(part(message));
  return text;
}
