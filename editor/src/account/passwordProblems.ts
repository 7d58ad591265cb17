import { passwordSchema } from '@sluice/shared/protocol/people.ts';
import { RemoteError, sentenceOf } from '../state/remoteError.ts';

export interface NewPassword {
  readonly current: string;
  readonly next: string;
}

/** What is wrong, by field; `whole` is about the whole form. */
export interface PasswordProblems {
  readonly current?: string;
  readonly next?: string;
  readonly whole?: string;
}

/** What is wrong with a change of the password, before the server is asked. */
export function passwordProblems({ current, next }: NewPassword): PasswordProblems {
  const parsed = passwordSchema.safeParse(next);
  return {
    ...(current === '' ? { current: 'Write the password that you have now.' } : {}),
    ...newProblem(parsed.success ? undefined : parsed.error.issues[0]?.message),
    ...(parsed.success && next === current ? { next: 'This is the password that you have now.' } : {}),
  };
}

function newProblem(sentence: string | undefined): PasswordProblems {
  return sentence === undefined ? {} : { next: sentence };
}

/** Why the server did not take it, beside the field that it is about. */
export function refusedPassword(error: unknown): PasswordProblems {
  const code = error instanceof RemoteError ? error.code : undefined;
  if (code === 'wrong-credentials') return { current: sentenceOf(error) };
  return code === 'invalid-input' ? { next: sentenceOf(error) } : { whole: sentenceOf(error) };
}
