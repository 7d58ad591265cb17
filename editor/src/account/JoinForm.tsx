import { RemoteError } from '../state/remoteError.ts';
import { remote } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { CodeStep } from './CodeStep.tsx';
import { FormProblem } from './FormProblem.tsx';
import type { Invited } from './invitation.ts';
import { PasswordField } from './PasswordField.tsx';
import { useSignInSteps } from './useSignInSteps.ts';

export interface JoinFormProps {
  readonly token: string;
  readonly invited: Invited;
  /** The invitation is not what it was when it was read. */
  readonly onChanged: () => void;
  readonly onJoined: () => void;
}

/** Accepts an invitation with the account that there is already. */
export function JoinForm({ token, invited, onChanged, onJoined }: JoinFormProps) {
  const steps = useSignInSteps({
    email: invited.email,
    async send({ password, code }) {
      try {
        return await remote.call('acceptInvitation', {
          body: { token, password, ...(code === undefined ? {} : { code }) },
        });
      } catch (error) {
        if (hasChanged(error)) onChanged();
        throw error;
      }
    },
    onSignedIn: onJoined,
  });
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={steps.submit}>
      {steps.step === 'password' ? (
        <>
          <PasswordField steps={steps} label={`Password of ${invited.email}`} autoFocus />
          <FormProblem sentence={steps.refusal?.sentence} />
        </>
      ) : (
        <CodeStep steps={steps} />
      )}
      <Button type="submit" variant="primary" size="large" isWide isPending={steps.isPending}>
        Join
      </Button>
    </form>
  );
}

/** Whether an invitation that could not be accepted has to be read again: it is gone, or there is an account by now. */
export function hasChanged(error: unknown): boolean {
  return error instanceof RemoteError && (error.code === 'link-used' || error.code === 'already-there');
}
