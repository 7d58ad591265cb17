import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { remote } from '../state/remoteQueries.ts';
import { CopyText } from '../ui/CopyText.tsx';
import { TextField } from '../ui/TextField.tsx';
import { CODE_WORDS, codeProblem } from './codes.ts';
import { FormDialog } from './FormDialog.tsx';
import { QrCode } from './QrCode.tsx';
import { refusedBy } from './refused.ts';

/** What an app takes in: as a picture, or typed. */
export interface Authenticator {
  readonly secret: string;
  readonly uri: string;
}

export interface ConfirmAuthenticatorProps {
  readonly authenticator: Authenticator;
  readonly onClose: () => void;
  readonly onConfirmed: (recoveryCodes: readonly string[]) => void;
}

/** Shows what the app has to take in, and asks for a code of it: from then on it counts. */
export function ConfirmAuthenticator({ authenticator, onClose, onConfirmed }: ConfirmAuthenticatorProps) {
  const [code, setCode] = useState('');
  const [unfit, setUnfit] = useState<string>();
  const confirm = useMutation({
    mutationFn: () => remote.call('confirmSecondFactor', { body: { code } }),
    onSuccess: ({ recoveryCodes }) => onConfirmed(recoveryCodes),
  });
  const refused = refusedBy(confirm.error, { 'invalid-input': 'code' });
  return (
    <FormDialog
      title="Add Sluice to your app"
      lead="Scan this with the authenticator app, then write the code that the app shows for Sluice."
      action="Turn on"
      isKept
      isPending={confirm.isPending}
      problem={refused.whole}
      onSubmit={() => {
        const problem = codeProblem(code, 'authenticator');
        setUnfit(problem);
        if (problem === undefined) confirm.mutate();
      }}
      onClose={onClose}
    >
      <ForTheApp {...authenticator} />
      <TextField
        label={CODE_WORDS.authenticator.label}
        name="code"
        autoComplete="one-time-code"
        inputMode="numeric"
        isMono
        value={code}
        onChange={(text) => {
          setCode(text);
          setUnfit(undefined);
          confirm.reset();
        }}
        description={CODE_WORDS.authenticator.description}
        error={unfit ?? refused.at('code')}
        autoFocus
        maxLength={10}
      />
    </FormDialog>
  );
}

function ForTheApp({ secret, uri }: Authenticator) {
  return (
    <>
      <div className="flex justify-center">
        <QrCode text={uri} label="QR code for the authenticator app" />
      </div>
      <CopyText
        label="Key"
        text={secret}
        description="To type it in where nothing can be scanned. Show it to nobody: it is shown this once."
      />
    </>
  );
}
