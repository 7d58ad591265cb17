import * as z from 'zod';
import { durationSchema } from '../message/duration.ts';
import { jsonSchema, pathSchema, valueSchema } from '../message/value.ts';

/** Which control a field of a form is shown with. */
export type Widget =
  | 'text'
  | 'multiline'
  | 'number'
  | 'switch'
  | 'choice'
  | 'duration'
  | 'path'
  | 'value'
  | 'devices'
  | 'connection'
  | 'code'
  | 'topic'
  | 'unit'
  | 'zone'
  | 'json'
  | 'list';

/** What the form of a field needs to know beyond its type. Kept as the metadata of its zod schema. */
export interface FieldMeta {
  readonly [key: string]: unknown;
  readonly widget: Widget;
  readonly title: string;
  /** One or two sentences that an operator understands. */
  readonly description: string;
  readonly unit?: string;
  readonly placeholder?: string;
  /** For `choice`: value and label. */
  readonly options?: readonly {
    readonly value: string;
    readonly label: string;
    readonly description?: string;
  }[];
  /** For `connection`: the type of connection that fits. */
  readonly connectionType?: string;
  /** For `code`. */
  readonly language?: 'javascript' | 'jsonata' | 'mustache' | 'json';
  /** For `value`: what the literal form is. */
  readonly of?: 'text' | 'number' | 'json';
  /** For `list`: what one item is called, without an article: `rule`. */
  readonly itemTitle?: string;
}

type Texts = Pick<FieldMeta, 'title' | 'description' | 'unit' | 'placeholder'>;

function described<S extends z.ZodType>(schema: S, meta: FieldMeta): S {
  return schema.meta(meta);
}

// Each of these is a zod schema with the metadata of its control; `.default(…)` and `.optional()` go after it.
// Metadata does not follow through wrappers in zod, so `metaOf` below looks inside them.

export const text = (texts: Texts) => described(z.string(), { widget: 'text', ...texts });
export const multiline = (texts: Texts) => described(z.string(), { widget: 'multiline', ...texts });
export const topic = (texts: Texts) => described(z.string().max(65_535), { widget: 'topic', ...texts });
export const flag = (texts: Texts) => described(z.boolean(), { widget: 'switch', ...texts });
export const path = (texts: Texts) => described(pathSchema, { widget: 'path', ...texts });
export const duration = (texts: Texts) => described(durationSchema, { widget: 'duration', ...texts });
export const unit = (texts: Texts) => described(z.string().max(40), { widget: 'unit', ...texts });
export const zone = (texts: Texts) => described(z.string().max(64), { widget: 'zone', ...texts });
export const json = (texts: Texts) => described(jsonSchema, { widget: 'json', ...texts });

export const number = (texts: Texts & { min?: number; max?: number; whole?: boolean }) => {
  const { min, max, whole, ...rest } = texts;
  let schema = whole === true ? z.int() : z.number();
  if (min !== undefined) schema = schema.min(min);
  if (max !== undefined) schema = schema.max(max);
  return described(schema, { widget: 'number', ...rest });
};

/** Quality of service of MQTT (3.1.1, section 4.3). */
export const qos = (texts: Texts) =>
  described(z.literal([0, 1, 2], 'The quality of service is 0, 1 or 2.'), { widget: 'number', ...texts });

export function choice<const V extends readonly [string, ...string[]]>(
  texts: Texts & { readonly values: V; readonly labels: Record<V[number], string> },
) {
  const { values, labels, ...rest } = texts;
  const options = values.map((value: V[number]) => ({ value, label: labels[value] }));
  return described(z.enum(values), { widget: 'choice', options, ...rest });
}

export const numberValue = (texts: Texts) =>
  described(valueSchema(z.number()), { widget: 'value', of: 'number', ...texts });
export const textValue = (texts: Texts) =>
  described(valueSchema(z.string()), { widget: 'value', of: 'text', ...texts });
export const jsonValue = (texts: Texts) =>
  described(valueSchema(jsonSchema), { widget: 'value', of: 'json', ...texts });

export const code = (texts: Texts & { language: NonNullable<FieldMeta['language']> }) =>
  described(z.string().max(200_000), { widget: 'code', ...texts });

export const connection = (texts: Texts & { connectionType: string }) =>
  described(z.string().min(1, 'Choose a connection.'), { widget: 'connection', ...texts });

export const list = <S extends z.ZodType>(texts: Texts & { item: S; itemTitle: string; max?: number }) => {
  const { item, max, ...rest } = texts;
  return described(z.array(item).max(max ?? 200), { widget: 'list', ...rest });
};

/** Which devices: all of them, or those that match everything that is given. */
export const deviceSelectorSchema = z.strictObject({
  ids: z.array(z.string()).optional(),
  model: z.string().optional(),
  tags: z.array(z.string()).optional(),
});
export type DeviceSelector = z.output<typeof deviceSelectorSchema>;

export const devices = (texts: Texts) => described(deviceSelectorSchema, { widget: 'devices', ...texts });

/** The metadata of a field, looked up through `.default()`, `.optional()` and `.prefault()`; `undefined` for a bare schema. */
export function metaOf(schema: z.ZodType): FieldMeta | undefined {
  const own = schema.meta();
  if (own !== undefined && 'widget' in own) return own as unknown as FieldMeta;
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable
  ) {
    return metaOf(schema.def.innerType as z.ZodType);
  }
  return undefined;
}
