import type { WorkspaceSummary } from '@sluice/shared/protocol/workspaces.ts';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { sentenceOf } from '../state/remoteError.ts';
import { accountQuery, queries, remote, useUser } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/TextField.tsx';
import { toastDone } from '../ui/toasts.ts';
import { goHomeAnew } from './goToWorkspace.ts';
import { refreshWorkspaces } from './workspaceQueries.ts';
import { whatGoes } from './workspaceWords.ts';

const FORM_ID = 'delete-workspace';

export interface DeleteWorkspaceProps {
  readonly workspace: WorkspaceSummary;
  readonly onClose: () => void;
}

/** Deletes a workspace when its name is typed. */
export function DeleteWorkspace({ workspace, onClose }: DeleteWorkspaceProps) {
  const { id, name } = workspace;
  const isHere = useUser().workspace === id;
  const [typed, setTyped] = useState('');
  const [isChecked, setIsChecked] = useState(false);
  const isRight = typed.trim() === name;
  const remove = useMutation({
    mutationFn: () => remote.call('deleteWorkspace', { params: { id }, query: { name } }),
    onSuccess: async () => {
      if (isHere) {
        goHomeAnew();
        return;
      }
      await Promise.all([
        refreshWorkspaces(),
        queries.invalidateQueries({ queryKey: accountQuery.queryKey }),
      ]);
      toastDone(`“${name}” is deleted`);
      onClose();
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    setIsChecked(true);
    if (isRight) remove.mutate();
  }
  return (
    <Dialog
      title={`Delete “${name}”?`}
      isOpen
      onClose={onClose}
      role="alertdialog"
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button type="submit" form={FORM_ID} variant="danger" isPending={remove.isPending}>
            Delete workspace
          </Button>
        </>
      }
    >
      <form id={FORM_ID} noValidate onSubmit={submit} className="flex flex-col gap-4">
        <p className="text-ink-soft">{whatGoes(workspace)}</p>
        <TextField
          label={`Type “${name}” to delete it`}
          value={typed}
          onChange={setTyped}
          autoComplete="off"
          error={
            isChecked && !isRight
              ? `This is not its name: it is called “${name}”.`
              : remove.isError
                ? sentenceOf(remove.error)
                : undefined
          }
          autoFocus
        />
      </form>
    </Dialog>
  );
}
