import type { User } from '@sluice/shared/protocol/people.ts';
import { remote } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { TextField } from '../ui/TextField.tsx';
import { CodeStep } from './CodeStep.tsx';
import { FormProblem } from './FormProblem.tsx';
import { OutsideWay } from './OutsideWay.tsx';
import { PasswordField } from './PasswordField.tsx';
import { type SignInSteps, useSignInSteps } from './useSignInSteps.ts';

export interface SignInFormProps {
  readonly email?: string | undefined;
  /** It stands over a page that has to stay as it is. */
  readonly isOverPage?: boolean | undefined;
  /** The page to go on to, where a provider outside signs in. */
  readonly next?: string | undefined;
  readonly onSignedIn: (user: User) => void;
}

/**
 * E-mail and password, then a code where the account asks for one. What is wrong is said in words. It has to come up
 * over an open page without loading much, so it does without a form library.
 */
export function SignInForm({ email = '', isOverPage = false, next = '/', onSignedIn }: SignInFormProps) {
  const steps = useSignInSteps({
    email,
    send: (proof) => remote.call('signIn', { body: proof }),
    onSignedIn,
  });
  return (
    <div className="flex flex-col gap-4">
      <form noValidate className="flex flex-col gap-4" onSubmit={steps.submit}>
        {steps.step === 'password' ? <PasswordStep steps={steps} /> : <CodeStep steps={steps} />}
        <Button type="submit" variant="primary" size="large" isWide isPending={steps.isPending}>
          Sign in
        </Button>
      </form>
      {steps.step === 'password' && <OutsideWay isOverPage={isOverPage} next={next} />}
    </div>
  );
}

function PasswordStep({ steps }: { readonly steps: SignInSteps }) {
  const { fields, change, isChecked, refusal } = steps;
  const isEmailMissing = isChecked && fields.email.trim() === '';
  return (
    <>
      <TextField
        label="E-mail"
        name="email"
        type="email"
        autoComplete="username"
        size="large"
        value={fields.email}
        onChange={(email) => change({ email })}
        error={isEmailMissing ? 'Write the e-mail address of your account.' : undefined}
        autoFocus={fields.email === ''}
      />
      <PasswordField steps={steps} label="Password" autoFocus={fields.email !== ''} />
      <FormProblem sentence={refusal?.sentence} />
    </>
  );
}
