import { MASK } from '@sluice/shared/protocol/shown.ts';

/** Shorter ones would blot out half of every sentence, and are no secrets. */
const LEAST_LENGTH = 4;

/**
 * Makes what takes secrets out of a text that others have had a hand in, as the reply of a server: as they are, and in
 * base64, hexadecimal and URL form.
 */
export function redactor(secrets: Readonly<Record<string, string>>): (text: string) => string {
  const forms = Object.values(secrets)
    .filter((secret) => secret.length >= LEAST_LENGTH)
    .flatMap(formsOf)
    .toSorted((one, other) => other.length - one.length);
  return (text) => forms.reduce((rest, form) => rest.replaceAll(form, MASK), text);
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [secret, bytes.toString('base64'), bytes.toString('hex'), encodeURIComponent(secret)];
}

/** An address without the user name and the password in it, also where it is none that can be read. */
export function withoutUser(address: string): string {
  return address.replace(/\/\/.*@/, '//');
}
