import type { WorkspaceSummary } from '@sluice/shared/protocol/workspaces.ts';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { sentenceOf } from '../state/remoteError.ts';
import { accountQuery, queries, remote } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/TextField.tsx';
import { toastDone } from '../ui/toasts.ts';
import { refreshWorkspaces } from './workspaceQueries.ts';

const FORM_ID = 'workspace-name';
const NO_NAME = 'Write a name, so that people find it again.';

/** Asks for a name and makes a workspace. */
export function NewWorkspace({ onClose }: { readonly onClose: () => void }) {
  return (
    <NameDialog
      title="New workspace"
      action="Make workspace"
      before=""
      description="Of the customer, the plant or the team that it is for. You are its first admin; invite the others from there."
      onClose={onClose}
      save={async (name) => {
        await remote.call('createWorkspace', { body: { name } });
        return `“${name}” is made`;
      }}
    />
  );
}

export interface RenameWorkspaceProps {
  readonly workspace: Pick<WorkspaceSummary, 'id' | 'name'>;
  readonly onClose: () => void;
}

/** Gives a workspace another name. */
export function RenameWorkspace({ workspace: { id, name: before }, onClose }: RenameWorkspaceProps) {
  return (
    <NameDialog
      title={`Rename “${before}”`}
      action="Rename"
      before={before}
      description="People see it where they choose a workspace. Addresses and tokens stay as they are."
      onClose={onClose}
      save={async (name) => {
        await remote.call('saveWorkspace', { params: { id }, body: { name } });
        return `“${before}” is called “${name}” now`;
      }}
    />
  );
}

interface NameDialogProps {
  readonly title: string;
  readonly action: string;
  readonly before: string;
  readonly description: string;
  readonly onClose: () => void;
  /** Gives what to say when it is done. */
  readonly save: (name: string) => Promise<string>;
}

function NameDialog({ title, action, before, description, onClose, save }: NameDialogProps) {
  const [name, setName] = useState(before);
  const [isChecked, setIsChecked] = useState(false);
  const isEmpty = name.trim() === '';
  const saving = useMutation({
    mutationFn: () => save(name.trim()),
    onSuccess: async (sentence) => {
      await Promise.all([
        refreshWorkspaces(),
        queries.invalidateQueries({ queryKey: accountQuery.queryKey }),
      ]);
      toastDone(sentence);
      onClose();
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    setIsChecked(true);
    if (!isEmpty) saving.mutate();
  }
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button type="submit" form={FORM_ID} variant="primary" isPending={saving.isPending}>
            {action}
          </Button>
        </>
      }
    >
      <form id={FORM_ID} noValidate onSubmit={submit}>
        <TextField
          label="Name"
          value={name}
          onChange={setName}
          maxLength={200}
          description={description}
          error={isChecked && isEmpty ? NO_NAME : saving.isError ? sentenceOf(saving.error) : undefined}
          autoFocus
        />
      </form>
    </Dialog>
  );
}
