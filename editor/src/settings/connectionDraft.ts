import type { Connection } from '@sluice/shared/protocol/http.ts';
import { CONNECTION_KINDS, type ConnectionField, type ConnectionType } from './connectionKinds.ts';

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
  return field.kind === 'text' ? '' : field.start;
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
    const isMissing = (draft.secrets[secret.name] ?? '') === '' && !kept.includes(secret.name);
    if (secret.isRequired === true && isMissing) problems[secret.name] = `${secret.label} is needed.`;
  }
  return problems;
}

function problemOf(field: ConnectionField, value: FieldValue): string | undefined {
  switch (field.kind) {
    case 'text': {
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
  const secrets = Object.fromEntries(Object.entries(draft.secrets).filter(([, secret]) => secret !== ''));
  return { name: draft.name.trim(), config, secrets };
}
