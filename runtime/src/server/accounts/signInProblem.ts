import type { SluiceError } from '@sluice/shared/errors.ts';
import type { SignInProblem } from '@sluice/shared/protocol/people.ts';
import { signInProblemSchema } from '@sluice/shared/protocol/people.ts';

/** What an error says beside its code of a sign-in with a provider outside, for the page that the browser goes back to. */
export function becauseOf(reason: SignInProblem): { details: { reason: SignInProblem } } {
  return { details: { reason } };
}

/** Why a sign-in with a provider outside did not succeed. */
export function signInProblemOf({ code, details }: SluiceError): SignInProblem {
  const told = signInProblemSchema.safeParse(details['reason']);
  if (told.success) return told.data;
  if (code === 'too-many-tries') return code;
  if (code === 'first-start-needed') return 'not-set-up';
  // What comes back from a provider that does not fit, as an answer without a state.
  return code === 'invalid-input' ? 'not-begun-here' : 'internal';
}
