import type { Device } from '@sluice/shared/protocol/http.ts';
import { useMutation } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { may } from '../account/permission.ts';
import { sentenceOf } from '../state/remoteError.ts';
import { KEYS, mergeDevices, queries, remote, useUser } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/TextField.tsx';
import { deviceIdProblem } from './credentialWords.ts';

const FORM_ID = 'add-device';

/** Makes a device that has not sent anything yet, so that it can be given a credential; for those who may. */
export function AddDevice({ onAdded }: { readonly onAdded: (id: string) => void }) {
  const user = useUser();
  const [isOpen, setIsOpen] = useState(false);
  if (!may(user, 'createDevice')) return null;
  return (
    <>
      <Button variant="primary" icon={<Plus size={16} aria-hidden="true" />} onPress={() => setIsOpen(true)}>
        Add a device
      </Button>
      {isOpen && (
        <AddDeviceDialog
          onClose={() => setIsOpen(false)}
          onAdded={(device) => {
            setIsOpen(false);
            onAdded(device.id);
          }}
        />
      )}
    </>
  );
}

interface AddDeviceDialogProps {
  readonly onClose: () => void;
  readonly onAdded: (device: Device) => void;
}

function AddDeviceDialog({ onClose, onAdded }: AddDeviceDialogProps) {
  const [id, setId] = useState('');
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string>();
  const create = useMutation({
    mutationFn: () =>
      remote.call('createDevice', { body: { id: id.trim(), name: name.trim() === '' ? id.trim() : name } }),
    onSuccess: (device) => {
      queries.setQueryData<Device[]>(KEYS.devices, (known) => mergeDevices(known ?? [], [device]));
      onAdded(device);
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    const found = deviceIdProblem(id.trim());
    setProblem(found);
    if (found === undefined) create.mutate();
  }
  return (
    <Dialog
      title="Add a device"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button type="submit" form={FORM_ID} variant="primary" isPending={create.isPending}>
            Add
          </Button>
        </>
      }
    >
      <form id={FORM_ID} noValidate onSubmit={submit} className="flex flex-col gap-4">
        <p className="text-ink-soft">
          Then you give it a token or a certificate to sign in with. A device that sends without one shows up
          by itself.
        </p>
        <TextField
          label="Id"
          value={id}
          onChange={setId}
          isMono
          placeholder="freezer-1"
          description={`It publishes to devices/${id.trim() === '' ? 'freezer-1' : id.trim()}/telemetry. The id cannot be changed later.`}
          error={problem ?? (create.isError ? sentenceOf(create.error) : undefined)}
          maxLength={128}
          autoFocus
        />
        <TextField
          label="Name"
          value={name}
          onChange={setName}
          placeholder={id.trim() === '' ? 'Freezer 1' : id.trim()}
          description="What people call it. Its id when you leave it empty."
          maxLength={200}
        />
      </form>
    </Dialog>
  );
}
