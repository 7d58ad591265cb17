const PASSWORD_LENGTH = 12;

export interface PasswordAdvice {
  /** How full the meter is, of 4; 0 is too weak to be taken. */
  readonly steps: 0 | 1 | 2 | 3 | 4;
  /** In one or two words: `too short`, `fair`, `strong`. */
  readonly word: string;
  /** What to do, as a sentence. */
  readonly sentence: string;
}

/**
 * Advice while a password is typed. Length is what counts (NIST SP 800-63B, 5.1.1); a password that repeats itself or
 * holds the person's own name or address counts for less. The server checks on its own, and against a list of common ones.
 */
export function passwordAdvice(password: string, own: readonly string[]): PasswordAdvice {
  const length = password.length;
  if (length < PASSWORD_LENGTH) {
    const missing = PASSWORD_LENGTH - length;
    const sentence =
      length === 0
        ? `At least ${PASSWORD_LENGTH} characters. A few words in a row are easy to keep in mind.`
        : `${missing} more ${missing === 1 ? 'character' : 'characters'} to go.`;
    return { steps: 0, word: length === 0 ? '' : 'too short', sentence };
  }
  if (holdsOwn(password, own)) {
    return {
      steps: 1,
      word: 'easy to guess',
      sentence: 'It holds your name or e-mail address. Leave those out.',
    };
  }
  if (new Set(password.toLowerCase()).size < 6) {
    return {
      steps: 1,
      word: 'easy to guess',
      sentence: 'It repeats the same few characters. Mix in others.',
    };
  }
  if (length < 16) return { steps: 2, word: 'fair', sentence: 'Good enough; another word makes it strong.' };
  if (length < 20) return { steps: 3, word: 'strong', sentence: 'Keep it in a password manager.' };
  return { steps: 4, word: 'very strong', sentence: 'Keep it in a password manager.' };
}

function holdsOwn(password: string, own: readonly string[]): boolean {
  const low = password.toLowerCase();
  return own
    .flatMap((text) => text.toLowerCase().split(/[\s@.+_-]+/))
    .some((part) => part.length >= 4 && low.includes(part));
}
