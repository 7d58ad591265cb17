import type { CatalogEntry } from '@sluice/shared/node/catalog.ts';
import { type FieldMeta, metaOf } from '@sluice/shared/node/field.ts';
import * as z from 'zod';

/** One control of a form: what it is called in the settings, and all that its control needs to know. */
export interface FormField {
  readonly name: string;
  readonly meta: FieldMeta;
  /** What the setting is when nobody wrote one; `undefined` where there is no default. */
  readonly fallback: unknown;
  readonly isOptional: boolean;
  /** For `list`: the fields of one item; one field without a name where an item is a single value. */
  readonly item: readonly FormField[];
}

export interface FormFields {
  readonly main: readonly FormField[];
  /** Folded away. */
  readonly advanced: readonly FormField[];
}

/** The name of the one field of an item that is a single value. */
const SINGLE = '';

/** The fields of a node's form that are shown with these settings, in their order. */
export function formFields(entry: CatalogEntry, config: Readonly<Record<string, unknown>>): FormFields {
  const { form, definition } = entry;
  const fields = fieldsOf(definition.config);
  const known = withFallbacks(fields, config);
  const shown = fields.filter((field) => isShown(entry, field.name, known));
  const rank = new Map((form.order ?? []).map((name, index) => [name, index]));
  const sorted = shown.toSorted((a, b) => (rank.get(a.name) ?? 1_000) - (rank.get(b.name) ?? 1_000));
  const isAdvanced = (field: FormField) => form.advanced?.includes(field.name) ?? false;
  return { main: sorted.filter((field) => !isAdvanced(field)), advanced: sorted.filter(isAdvanced) };
}

function isShown(entry: CatalogEntry, name: string, config: Readonly<Record<string, unknown>>): boolean {
  const test = entry.form.showWhen?.[name];
  return test === undefined || test(config as never);
}

/** The settings with what each field is by itself. */
function withFallbacks(
  fields: readonly FormField[],
  config: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const known: Record<string, unknown> = { ...config };
  for (const { name, fallback } of fields) {
    if (known[name] === undefined && fallback !== undefined) known[name] = fallback;
  }
  return known;
}

/** All fields of an object schema; those without metadata are not for people. */
function fieldsOf(schema: z.ZodObject): FormField[] {
  return Object.entries(schema.shape).flatMap(([name, inner]) => {
    const meta = metaOf(inner);
    return meta === undefined ? [] : [{ name, meta, ...standingOf(inner), item: itemFields(inner) }];
  });
}

function standingOf(schema: z.ZodType): Pick<FormField, 'fallback' | 'isOptional'> {
  const parsed = schema.safeParse(undefined);
  return parsed.success
    ? { fallback: parsed.data, isOptional: parsed.data === undefined }
    : { fallback: undefined, isOptional: false };
}

function itemFields(schema: z.ZodType): FormField[] {
  const inner = unwrapped(schema);
  if (!(inner instanceof z.ZodArray)) return [];
  const { element } = inner;
  return element instanceof z.ZodObject
    ? fieldsOf(element)
    : fieldsOf(z.object({ [SINGLE]: element as z.ZodType }));
}

function unwrapped(schema: z.ZodType): z.ZodType {
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable
  ) {
    return unwrapped(schema.def.innerType as z.ZodType);
  }
  return schema;
}

/** A new item of a list, with what its fields are by themselves. */
export function emptyItem(field: FormField): unknown {
  return isSingle(field) ? (field.item[0]?.fallback ?? '') : withFallbacks(field.item, {});
}

/** Whether the items of a list are single values and not groups of fields. */
export function isSingle(field: FormField): boolean {
  return field.item[0]?.name === SINGLE;
}
