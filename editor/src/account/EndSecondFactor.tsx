import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { RemoteError } from '../state/remoteError.ts';
import { remote } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/TextField.tsx';
import { toastDone } from '../ui/toasts.ts';
import { CodeField } from './CodeField.tsx';
import { codeProblem, type CodeWay } from './codes.ts';
import { FormProblem } from './FormProblem.tsx';

const FORM_ID = 'end-second-factor';

/** Turns the second factor off, for who shows password and code once more. */
export function EndSecondFactor({ onClose }: { readonly onClose: () => void }) {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [way, setWay] = useState<CodeWay>('authenticator');
  const [isChecked, setIsChecked] = useState(false);
  const end = useMutation({
    mutationFn: () => remote.call('endSecondFactor', { body: { password, code } }),
    onSuccess: () => {
      toastDone('The second factor is off');
      onClose();
    },
  });
  const refused = end.error instanceof RemoteError ? end.error : undefined;
  const unfit = codeProblem(code, way);
  function submit(event: FormEvent) {
    event.preventDefault();
    setIsChecked(true);
    if (password !== '' && unfit === undefined) end.mutate();
  }
  const isOfPassword = refused?.code === 'wrong-credentials';
  const isOfCode = refused?.code === 'second-factor-needed';
  return (
    <Dialog
      title="Turn off the second factor?"
      isOpen
      role="alertdialog"
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button type="submit" form={FORM_ID} variant="danger" isPending={end.isPending}>
            Turn off
          </Button>
        </>
      }
    >
      <form id={FORM_ID} noValidate onSubmit={submit} className="flex flex-col gap-4">
        <p className="text-ink-soft">
          From then on your password alone lets in. The app’s entry and all recovery codes are worth nothing
          any more.
        </p>
        <TextField
          label="Your password"
          name="password"
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={(text) => {
            setPassword(text);
            end.reset();
          }}
          error={
            isChecked && password === '' ? 'Write your password.' : isOfPassword ? refused.message : undefined
          }
          autoFocus
        />
        <CodeField
          way={way}
          onWay={(next) => {
            setWay(next);
            setCode('');
          }}
          code={code}
          onChange={(text) => {
            setCode(text);
            end.reset();
          }}
          error={isChecked && unfit !== undefined ? unfit : isOfCode ? refused.message : undefined}
          size="medium"
        />
        <FormProblem sentence={isOfPassword || isOfCode ? undefined : end.error?.message} />
      </form>
    </Dialog>
  );
}
