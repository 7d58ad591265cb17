import { RemoteError } from '../state/remoteError.ts';

/** What a second factor is shown by: the app on the phone, or one of the codes kept for when the phone is gone. */
export type CodeWay = 'authenticator' | 'recovery';

const RECOVERY_LENGTH = 16;

interface CodeWords {
  readonly label: string;
  readonly description: string;
  /** Of the button that goes over to the other way. */
  readonly other: string;
}

export const CODE_WORDS: Record<CodeWay, CodeWords> = {
  authenticator: {
    label: 'Code',
    description: 'The six digits that your authenticator app shows for Sluice now.',
    other: 'Use a recovery code',
  },
  recovery: {
    label: 'Recovery code',
    description: 'One of the ten codes that you have kept for when the phone is gone. Each works once.',
    other: 'Use the authenticator app',
  },
};

/** What is wrong with a code as it is written, before anybody is asked; nothing where it can be sent. */
export function codeProblem(code: string, way: CodeWay): string | undefined {
  const written = code.replaceAll(/[^0-9a-z]/gi, '');
  if (way === 'recovery') {
    if (written === '') return 'Write one of your recovery codes.';
    return written.length === RECOVERY_LENGTH
      ? undefined
      : `A recovery code has ${RECOVERY_LENGTH} letters and digits; this has ${written.length}.`;
  }
  if (written === '') return 'Write the six digits that your authenticator app shows.';
  return /^\d{6}$/.test(written) ? undefined : 'A code has six digits. Look at your authenticator app again.';
}

/** The two questions of signing in: the password, and then a code where the account asks for one. */
export type SignInStep = 'password' | 'code';

/** Where a sign-in goes on that was refused. */
export interface Refusal {
  readonly step: SignInStep;
  /** What was wrong; nothing where only the next question comes. */
  readonly sentence: string | undefined;
  /** What has to be written anew. */
  readonly wrong: SignInStep | undefined;
}

/** Reads the error of a try that was made at `step`. What is not known to be wrong stays written. */
export function refusalOf(error: Error, step: SignInStep): Refusal {
  const code = error instanceof RemoteError ? error.code : undefined;
  if (code === 'wrong-credentials') return { step: 'password', sentence: error.message, wrong: 'password' };
  if (code !== 'second-factor-needed') return { step, sentence: error.message, wrong: undefined };
  return step === 'password'
    ? { step: 'code', sentence: undefined, wrong: undefined }
    : { step: 'code', sentence: error.message, wrong: 'code' };
}

/** How many recovery codes are left, and what to do when they run out. */
export function codesLeftSentence(left: number): string {
  if (left === 0) return 'No recovery code is left. Make new ones.';
  const codes = left === 1 ? '1 recovery code is left' : `${left} recovery codes are left`;
  return left > 3 ? `${codes}.` : `${codes}. Make new ones in time.`;
}
