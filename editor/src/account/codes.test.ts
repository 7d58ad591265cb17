import { signInProblemSchema } from '@sluice/shared/protocol/people.ts';
import { describe, expect, it } from 'vitest';
import { RemoteError } from '../state/remoteError.ts';
import { codeProblem, codesLeftSentence, refusalOf } from './codes.ts';
import { signInProblemSentence } from './signInProblems.ts';

describe('a code', () => {
  it.each([
    ['123456', undefined],
    ['123 456', undefined],
    ['', 'Write the six digits that your authenticator app shows.'],
    ['12345', 'A code has six digits. Look at your authenticator app again.'],
    ['k3x9-k3x9-k3x9-k3x9', 'A code has six digits. Look at your authenticator app again.'],
  ])('of the authenticator, written “%s”: %s', (code, problem) => {
    expect(codeProblem(code, 'authenticator')).toBe(problem);
  });

  it.each([
    ['k3x9-k3x9-k3x9-k3x9', undefined],
    ['K3X9 K3X9 K3X9 K3X9', undefined],
    ['', 'Write one of your recovery codes.'],
    ['123456', 'A recovery code has 16 letters and digits; this has 6.'],
  ])('to recover, written “%s”: %s', (code, problem) => {
    expect(codeProblem(code, 'recovery')).toBe(problem);
  });
});

describe('a sign-in that is refused', () => {
  const errorOf = (code: 'second-factor-needed' | 'wrong-credentials' | 'too-many-tries') =>
    new RemoteError(code, 'Why.', { status: 401 });

  it('asks for the code after the right password, without a word of blame', () => {
    expect(refusalOf(errorOf('second-factor-needed'), 'password')).toEqual({
      step: 'code',
      sentence: undefined,
      wrong: undefined,
    });
  });

  it('stays at a code that is wrong, and has only that written anew', () => {
    expect(refusalOf(errorOf('second-factor-needed'), 'code')).toEqual({
      step: 'code',
      sentence: 'Why.',
      wrong: 'code',
    });
  });

  it.each(['password', 'code'] as const)('goes to the password from the %s when that is wrong', (step) => {
    expect(refusalOf(errorOf('wrong-credentials'), step)).toMatchObject({
      step: 'password',
      wrong: 'password',
    });
  });

  it.each(['password', 'code'] as const)(
    'keeps what is written at the %s when it is not at fault',
    (step) => {
      const kept = { step, sentence: 'Why.', wrong: undefined };
      expect(refusalOf(errorOf('too-many-tries'), step)).toEqual(kept);
      expect(refusalOf(new Error('Why.'), step)).toEqual(kept);
    },
  );
});

describe('recovery codes that are left', () => {
  it('are counted, and a person is told to make new ones before they run out', () => {
    expect(codesLeftSentence(9)).toBe('9 recovery codes are left.');
    expect(codesLeftSentence(1)).toBe('1 recovery code is left. Make new ones in time.');
    expect(codesLeftSentence(0)).toBe('No recovery code is left. Make new ones.');
  });
});

describe('a sign-in with a provider that did not succeed', () => {
  it('has a sentence for each reason that the server gives, and one for those it does not', () => {
    const sentences = signInProblemSchema.options.map((code) => signInProblemSentence(code, 'Example'));
    expect(new Set(sentences).size).toBe(signInProblemSchema.options.length);
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*\.$/);
    expect(signInProblemSentence('made-up', 'Example')).toBe(
      'The sign-in with Example did not succeed. Sign in again.',
    );
    expect(signInProblemSentence('not-confirmed', undefined)).toMatch(/^The provider does not say/);
    expect(signInProblemSentence(null, 'Example')).toBeUndefined();
  });
});
