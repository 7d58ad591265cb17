/** A longer text, as a certificate, is not written into the audit log. */
const LONGEST = 200;

/**
 * What differs between two versions of a thing, for its entry in the audit log: by field, as `8 → 10`. A text that is long
 * is told to be changed, and not repeated; of secrets give only their names, by `changedSecrets`.
 */
export function changed(before: object, after: object): Record<string, string> {
  const old = new Map<string, unknown>(Object.entries(before));
  const now = new Map<string, unknown>(Object.entries(after));
  return Object.fromEntries(
    [...new Set([...old.keys(), ...now.keys()])]
      .filter((field) => JSON.stringify(old.get(field)) !== JSON.stringify(now.get(field)))
      .map((field) => [field, change(textOf(old.get(field)), textOf(now.get(field)))]),
  );
}

/** The names of the secrets that are other ones now; never what they are. */
export function changedSecrets(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.keys(changed(before, after)).map((name) => [name, 'changed']));
}

function change(before: string, after: string): string {
  return before.length > LONGEST || after.length > LONGEST ? 'changed' : `${before} → ${after}`;
}

function textOf(value: unknown): string {
  if (value === undefined || value === '') return 'nothing';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
