import { useMutation } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { may } from '../account/permission.ts';
import { sentenceOf } from '../state/remoteError.ts';
import { KEYS, queries, remote, useUser } from '../state/remoteQueries.ts';
import { Button, type ButtonVariant } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/TextField.tsx';

const FORM_ID = 'new-flow';

/** Asks for a name, makes an empty flow and opens it. */
export function NewFlow({ variant }: { readonly variant: ButtonVariant }) {
  const user = useUser();
  const [isOpen, setIsOpen] = useState(false);
  if (!may(user, 'createFlow')) return null;
  return (
    <>
      <Button variant={variant} icon={<Plus size={16} aria-hidden="true" />} onPress={() => setIsOpen(true)}>
        New flow
      </Button>
      {isOpen && <NewFlowDialog onClose={() => setIsOpen(false)} />}
    </>
  );
}

function NewFlowDialog({ onClose }: { readonly onClose: () => void }) {
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const create = useMutation({
    mutationFn: () => remote.call('createFlow', { body: { name: name.trim() } }),
    onSuccess: async (made) => {
      void queries.invalidateQueries({ queryKey: KEYS.flows });
      await navigate(`/flows/${encodeURIComponent(made.id)}`);
    },
  });
  return (
    <Dialog
      title="New flow"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            type="submit"
            form={FORM_ID}
            variant="primary"
            isPending={create.isPending}
            isDisabled={name.trim() === ''}
          >
            Make flow
          </Button>
        </>
      }
    >
      <form
        id={FORM_ID}
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') create.mutate();
        }}
      >
        <TextField
          label="Name"
          value={name}
          onChange={setName}
          placeholder="Freezer too warm"
          description="What it watches for, so that others find it again. You can change it later."
          error={create.isError ? sentenceOf(create.error) : undefined}
          maxLength={200}
          autoFocus
        />
      </form>
    </Dialog>
  );
}
