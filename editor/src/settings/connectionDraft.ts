import type { Connection } from '@sluice/shared/protocol/http.ts';
import type { ConnectionField, SecretField } from './connectionFields.ts';
import { CONNECTION_KINDS, type ConnectionType } from './connectionKinds.ts';

type FieldValue = string | number | boolean;

/** A connection while it is written. A secret that is empty stays as it is on the server. */
export interface ConnectionDraft {
  readonly type: ConnectionType;
  readonly name: string;
  readonly values: Readonly<Record<string, FieldValue>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** An empty draft, with what a field starts with. */
export function newDraft(type: ConnectionType): ConnectionDraft {
  const { title, fields } = CONNECTION_KINDS[type];
  return {
    type,
    name: title,
    values: Object.fromEntries(fields.map((field) => [field.name, startOf(field)])),
    secrets: {},
  };
}

/** The draft of a connection that is there. */
export function draftOf({ type, name, config }: Connection): ConnectionDraft {
  const values = CONNECTION_KINDS[type].fields.map((field) => {
    const value = config[field.name];
    const fits = typeof value === typeof startOf(field);
    return [field.name, fits ? (value as FieldValue) : startOf(field)] as const;
  });
  return { type, name, values: Object.fromEntries(values), secrets: {} };
}

function startOf(field: ConnectionField): FieldValue {
  return 'start' in field ? field.start : '';
}

/** What is wrong with a draft: field to sentence. `kept` names the secrets that the server has already. */
export function problemsOf(
  draft: ConnectionDraft,
  kept: readonly string[],
): Readonly<Record<string, string>> {
  const { fields, secrets } = CONNECTION_KINDS[draft.type];
  const problems: Record<string, string> = {};
  if (draft.name.trim() === '') problems['name'] = 'Write a name that tells this connection from others.';
  for (const field of fields) {
    const problem = problemOf(field, draft.values[field.name] ?? startOf(field));
    if (problem !== undefined) problems[field.name] = problem;
  }
  for (const secret of secrets) {
    const problem = secretProblem(secret, draft, kept);
    if (problem !== undefined) problems[problem.field] = problem.sentence;
  }
  return problems;
}

function secretProblem(
  secret: SecretField,
  { type, values, secrets }: ConnectionDraft,
  kept: readonly string[],
): { readonly field: string; readonly sentence: string } | undefined {
  const { name, label, belongsTo } = secret;
  const text = (secrets[name] ?? '').trim();
  const isMissing = text === '' && !kept.includes(name);
  if (secret.isRequired === true && isMissing) return { field: name, sentence: `${label} is needed.` };
  if (belongsTo !== undefined) {
    const other = CONNECTION_KINDS[type].fields.find((field) => field.name === belongsTo);
    const sentence = `${other?.label ?? belongsTo} and ${label.toLowerCase()} go together. Write this one, too.`;
    const hasOther = isWritten(values[belongsTo]);
    if (hasOther && isMissing) return { field: name, sentence };
    if (!hasOther && text !== '') return { field: belongsTo, sentence };
  }
  const sentence = text === '' ? undefined : secret.check?.(text);
  return sentence === undefined ? undefined : { field: name, sentence };
}

function isWritten(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function problemOf(field: ConnectionField, value: FieldValue): string | undefined {
  switch (field.kind) {
    case 'text':
    case 'pem': {
      const text = String(value).trim();
      if (text === '') return field.isRequired === true ? `${field.label} is needed.` : undefined;
      return field.check?.(text);
    }
    case 'number': {
      const number = Number(value);
      const fits = Number.isInteger(number) && number >= field.min && number <= field.max;
      return fits ? undefined : `Write a whole number from ${field.min} to ${field.max}.`;
    }
    case 'flag':
      return undefined;
  }
}

/** What the server is sent: texts trimmed, empty ones left out; settings that this page does not know stay as they were. */
export function bodyOf(draft: ConnectionDraft, before: Connection['config'] = {}) {
  const config: Connection['config'] = { ...before };
  for (const { name } of CONNECTION_KINDS[draft.type].fields) {
    const value = draft.values[name];
    const sent = typeof value === 'string' ? value.trim() : value;
    if (sent === undefined || sent === '') delete config[name];
    else config[name] = sent;
  }
  const written = Object.entries(draft.secrets).filter(([, secret]) => secret !== '');
  // What it went with was taken out: the server deletes a secret that is empty.
  const left = CONNECTION_KINDS[draft.type].secrets.filter(
    ({ belongsTo }) => belongsTo !== undefined && isWritten(before[belongsTo]) && !(belongsTo in config),
  );
  const secrets = Object.fromEntries([...written, ...left.map(({ name }) => [name, ''] as const)]);
  return { name: draft.name.trim(), config, secrets };
}
