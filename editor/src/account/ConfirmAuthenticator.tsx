import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { RemoteError } from '../state/remoteError.ts';
import { remote } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { CopyText } from '../ui/CopyText.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/TextField.tsx';
import { CODE_WORDS, codeProblem } from './codes.ts';
import { FormProblem } from './FormProblem.tsx';
import { QrCode } from './QrCode.tsx';

const FORM_ID = 'confirm-authenticator';

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
  const refused = confirm.error instanceof RemoteError ? confirm.error : undefined;
  const wrong = refused?.code === 'invalid-input' ? refused.message : undefined;
  function submit(event: FormEvent) {
    event.preventDefault();
    const problem = codeProblem(code, 'authenticator');
    setUnfit(problem);
    if (problem === undefined) confirm.mutate();
  }
  return (
    <Dialog
      title="Add Sluice to your app"
      isOpen
      role="alertdialog"
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button type="submit" form={FORM_ID} variant="primary" isPending={confirm.isPending}>
            Turn on
          </Button>
        </>
      }
    >
      <form id={FORM_ID} noValidate onSubmit={submit} className="flex flex-col gap-4">
        <p className="text-ink-soft">
          Scan this with the authenticator app, then write the code that the app shows for Sluice.
        </p>
        <div className="flex justify-center">
          <QrCode text={authenticator.uri} label="QR code for the authenticator app" />
        </div>
        <CopyText
          label="Key"
          text={authenticator.secret}
          description="To type it in where nothing can be scanned. Show it to nobody: it is shown this once."
        />
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
          error={unfit ?? wrong}
          autoFocus
          maxLength={10}
        />
        <FormProblem sentence={wrong === undefined ? confirm.error?.message : undefined} />
      </form>
    </Dialog>
  );
}
