import * as z from 'zod';
import type { Json, JsonObject } from './message.ts';
import { parsePath } from './path.ts';
import { compileTemplate } from './template.ts';

/**
 * A setting that may come from the message: a literal, or one of the three references below.
 * A literal object that would look like a reference is written `{ "literal": … }`.
 */
export type ValueReference =
  | { readonly path: string }
  | { readonly template: string }
  | { readonly expression: string }
  | { readonly literal: Json };
export type Value<T extends Json = Json> = T | ValueReference;

export type ValueKind = 'literal' | 'path' | 'template' | 'expression';

/** What a value is, told apart. Everything that handles values switches over this. */
export type ValueForm =
  | { readonly kind: 'literal'; readonly literal: Json }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'template'; readonly template: string }
  | { readonly kind: 'expression'; readonly expression: string };

export const jsonSchema: z.ZodType<Json> = z.json();

/** A path as text; the problem is a sentence for a person. */
export const pathSchema = z.string().superRefine((text, check) => {
  const parsed = parsePath(text);
  if (!parsed.ok) check.addIssue({ code: 'custom', message: parsed.sentence });
});

const templateSchema = z.string().superRefine((text, check) => {
  const compiled = compileTemplate(text);
  if (!compiled.ok) check.addIssue({ code: 'custom', message: compiled.sentence });
});

const referenceSchema = z.union([
  z.strictObject({ path: pathSchema }),
  z.strictObject({ template: templateSchema }),
  z.strictObject({ expression: z.string().min(1, 'The expression is empty.') }),
  z.strictObject({ literal: jsonSchema }),
]);

/** The schema of a value whose literal form is `literal`. */
export function valueSchema<T extends z.ZodType>(literal: T) {
  return z.union([referenceSchema, literal]);
}

/** Tells which of the four forms a value has. */
export function formOf(value: Value): ValueForm {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { kind: 'literal', literal: value };
  const record = value as JsonObject;
  const [only, ...others] = Object.keys(record);
  if (only === undefined || others.length > 0) return { kind: 'literal', literal: record };
  const inner = record[only];
  if (only === 'literal' && inner !== undefined) return { kind: 'literal', literal: inner };
  if (typeof inner !== 'string') return { kind: 'literal', literal: record };
  if (only === 'path') return { kind: 'path', path: inner };
  if (only === 'template') return { kind: 'template', template: inner };
  if (only === 'expression') return { kind: 'expression', expression: inner };
  return { kind: 'literal', literal: record };
}
