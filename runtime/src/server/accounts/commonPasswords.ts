/**
 * Beginnings that most passwords of lists of stolen ones have, in small letters. A password of 12 characters or more is
 * as easy to guess as these when it is one of them, repeated or with digits and signs around.
 */
const COMMON = [
  'password',
  'passwort',
  'passw0rd',
  'qwertyuiop',
  'qwertzuiop',
  'qwerty',
  'qwertz',
  'asdfghjkl',
  'zxcvbnm',
  'azerty',
  'letmein',
  'welcome',
  'willkommen',
  'admin',
  'administrator',
  'changeme',
  'default',
  'iloveyou',
  'monkey',
  'dragon',
  'sunshine',
  'princess',
  'football',
  'baseball',
  'superman',
  'batman',
  'trustno1',
  'whatever',
  'starwars',
  'michael',
  'secret',
  'master',
  'hello',
  'login',
  'test',
  'guest',
  'root',
  'sluice',
  'abc',
  'abcdef',
  'abcdefghijkl',
  'q1w2e3r4t5y6',
  '1q2w3e4r5t6y',
  '1qaz2wsx3edc',
  'correcthorsebatterystaple',
];

/** Why a password is too easy to guess, or `undefined`. `known`: words of this account, as its e-mail and name. */
export function whyTooCommon(password: string, known: readonly string[]): string | undefined {
  const lower = password.toLowerCase();
  const letters = lower.replaceAll(/[^\p{L}]/gu, '');
  if (new Set(lower).size < 5)
    return 'The password has too few different characters. Take a longer sentence.';
  if (isSequence(lower))
    return 'The password is a row of the keyboard or the alphabet. Take a few random words.';
  const own = known.map((text) => text.toLowerCase());
  const words = [...COMMON, ...own, ...own.flatMap(wordsOf)];
  if (words.some((word) => word === lower || isMadeOf(letters, word))) {
    return 'The password is one that is tried first. Take a few random words instead.';
  }
  return undefined;
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word.length >= 4);
}

/** The letters are nothing but the word, once or more often. */
function isMadeOf(letters: string, word: string): boolean {
  const bare = word.replaceAll(/[^\p{L}]/gu, '');
  return bare.length > 0 && letters.length > 0 && letters.replaceAll(bare, '') === '';
}

const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  'zyxwvutsrqponmlkjihgfedcba',
  '01234567890123456789',
  '98765432109876543210',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
];

function isSequence(lower: string): boolean {
  return ROWS.some((row) => row.includes(lower));
}
