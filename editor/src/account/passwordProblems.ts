import { passwordSchema } from '@sluice/shared/protocol/people.ts';

export interface NewPassword {
  readonly current: string;
  readonly next: string;
}

/** What is wrong, by field. */
export interface PasswordProblems {
  readonly current?: string;
  readonly next?: string;
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
