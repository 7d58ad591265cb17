import { useState } from 'react';
import { ConfirmAuthenticator, type Authenticator } from './ConfirmAuthenticator.tsx';
import { BeginSecondFactor } from './BeginSecondFactor.tsx';
import { RecoveryCodes } from './RecoveryCodes.tsx';

type Step =
  | { readonly kind: 'password' }
  | { readonly kind: 'authenticator'; readonly authenticator: Authenticator }
  | { readonly kind: 'codes'; readonly codes: readonly string[] };

/** Turns the second factor on: the password, the app with its first code, and then the recovery codes, once. */
export function SetUpSecondFactor({ onClose }: { readonly onClose: () => void }) {
  const [step, setStep] = useState<Step>({ kind: 'password' });
  switch (step.kind) {
    case 'password':
      return (
        <BeginSecondFactor
          onClose={onClose}
          onBegun={(authenticator) => setStep({ kind: 'authenticator', authenticator })}
        />
      );
    case 'authenticator':
      return (
        <ConfirmAuthenticator
          authenticator={step.authenticator}
          onClose={onClose}
          onConfirmed={(codes) => setStep({ kind: 'codes', codes })}
        />
      );
    case 'codes':
      return <RecoveryCodes lead="The second factor is on." codes={step.codes} onClose={onClose} />;
  }
}
