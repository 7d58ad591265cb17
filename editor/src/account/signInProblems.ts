import { type SignInProblem, signInProblemSchema } from '@sluice/shared/protocol/people.ts';

const SENTENCES: Record<SignInProblem, (provider: string) => string> = {
  'not-set-up': () =>
    'This Sluice knows no provider to sign in with. Sign in with your password, or ask who runs it.',
  'provider-away': (provider) =>
    `${provider} cannot be reached at the moment. Try again later, or sign in with your password.`,
  'not-begun-here': () =>
    'This sign-in was not begun in this browser, was used already, or took more than ten minutes. Sign in again.',
  refused: (provider) => `The sign-in with ${provider} did not succeed. Sign in again.`,
  'not-invited': (provider) =>
    `Nobody has invited the e-mail address that ${provider} has of you. Ask an admin of a workspace to invite it.`,
  'not-confirmed': (provider) =>
    `${provider} does not say that your e-mail address is yours. Confirm it there, then sign in again.`,
  'account-gone': () => 'Your account is not there any more. Ask an admin of a workspace to invite you.',
  'no-workspace': () => 'You are in no workspace any more. Ask an admin of one to invite you.',
  'too-many-tries': () => 'There were too many wrong tries. Wait a minute, then sign in again.',
  internal: () =>
    'Something went wrong inside Sluice. Try again; the log of the server has the details for who runs it.',
};

/** Why a sign-in with the provider did not succeed, by `?problem=` of the sign-in page; nothing without one. */
export function signInProblemSentence(code: string | null, provider: string | undefined): string | undefined {
  if (code === null) return undefined;
  const problem = signInProblemSchema.safeParse(code);
  const name = provider ?? 'the provider';
  const sentence = SENTENCES[problem.success ? problem.data : 'refused'](name);
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
