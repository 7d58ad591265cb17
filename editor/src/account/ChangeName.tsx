import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { sentenceOf } from '../state/remoteError.ts';
import { accountQuery, KEYS, queries, remote } from '../state/remoteQueries.ts';
import { TextField } from '../ui/TextField.tsx';
import { toastDone } from '../ui/toasts.ts';
import { FormDialog } from './FormDialog.tsx';

export interface ChangeNameProps {
  /** The name as it is. */
  readonly before: string;
  readonly onClose: () => void;
}

/** Changes the name by which the others see who is signed in. */
export function ChangeName({ before, onClose }: ChangeNameProps) {
  const [name, setName] = useState(before);
  const [isChecked, setIsChecked] = useState(false);
  const isEmpty = name.trim() === '';
  const saving = useMutation({
    mutationFn: () => remote.call('changeName', { body: { name: name.trim() } }),
    onSuccess: async () => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: accountQuery.queryKey }),
        queries.invalidateQueries({ queryKey: KEYS.session }),
      ]);
      toastDone(`Others see you as “${name.trim()}” now`);
      onClose();
    },
  });
  return (
    <FormDialog
      title="Change your name"
      action="Change"
      isPending={saving.isPending}
      problem={saving.isError ? sentenceOf(saving.error) : undefined}
      onSubmit={() => {
        setIsChecked(true);
        if (!isEmpty) saving.mutate();
      }}
      onClose={onClose}
    >
      <TextField
        label="Name"
        autoComplete="name"
        value={name}
        onChange={setName}
        maxLength={200}
        description="As others see you, in all workspaces. What you did so far stays noted under your e-mail address."
        error={isChecked && isEmpty ? 'Write your name.' : undefined}
        autoFocus
      />
    </FormDialog>
  );
}
