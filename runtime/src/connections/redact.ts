import { MASK } from '@sluice/shared/protocol/shown.ts';

/** Shorter ones would blot out half of every sentence, and are no secrets. */
const LEAST_LENGTH = 4;
/** What is shown of such a text as a rule: searching a run of base64 takes time by the square of its length. */
const MOST_LENGTH = 2_000;

/**
 * Makes what takes secrets out of a text that others have had a hand in, as the reply of a server: as they are, and in
 * base64, hexadecimal and URL form, also where they are only a part of what was encoded (as in `AUTH PLAIN` of SMTP).
 */
export function redactor(secrets: Readonly<Record<string, string>>): (text: string) => string {
  return redactorOf(Object.values(secrets), MOST_LENGTH);
}

/** The same for secrets without names, and texts of another length. */
export function redactorOf(secrets: readonly string[], mostLength: number): (text: string) => string {
  const patterns = secrets
    .filter((secret) => secret.length >= LEAST_LENGTH)
    .toSorted((one, other) => other.length - one.length)
    .flatMap(patternsOf);
  return (text) => {
    const shown = text.length > mostLength ? `${text.slice(0, mostLength)}…` : text;
    return patterns.reduce((rest, pattern) => rest.replace(pattern, MASK), shown);
  };
}

function patternsOf(secret: string): RegExp[] {
  const bytes = Buffer.from(secret);
  const plain = [secret, encodeURIComponent(secret)].map((form) => new RegExp(RegExp.escape(form), 'g'));
  const hex = new RegExp(bytes.toString('hex'), 'gi');
  const inBase64 = [0, 1, 2].map((before) => wholeRun(insideBase64(bytes, before)));
  return [...plain, hex, ...inBase64];
}

/** The characters of base64 that come of these bytes alone, where so many others (by three) come before them. */
function insideBase64(bytes: Buffer, before: number): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
  return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
}

/** The whole text in base64 around a part of it, in both alphabets. */
function wholeRun(part: string): RegExp {
  const either = Array.from(part, (character) => {
    if (character === '+' || character === '-') return '[+-]';
    return character === '/' || character === '_' ? '[/_]' : character;
  }).join('');
  return new RegExp(`[\\w+/=-]*${either}[\\w+/=-]*`, 'g');
}

/** An address without the user name and the password in it, also where it is none that can be read. */
export function withoutUser(address: string): string {
  const from = address.indexOf('//');
  const to = address.lastIndexOf('@');
  return from === -1 || to < from ? address : `${address.slice(0, from + 2)}${address.slice(to + 1)}`;
}
