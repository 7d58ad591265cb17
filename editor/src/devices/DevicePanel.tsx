import type { Device } from '@sluice/shared/protocol/http.ts';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { may } from '../account/permission.ts';
import { useNow } from '../state/clock.ts';
import { sentenceOf } from '../state/remoteError.ts';
import { KEYS, mergeDevices, queries, remote, useUser } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { formatRate } from '../ui/formatValue.ts';
import { StatusDot } from '../ui/StatusDot.tsx';
import { TagField } from '../ui/TagField.tsx';
import { TextField } from '../ui/TextField.tsx';
import { Time } from '../ui/Time.tsx';
import { toastDone } from '../ui/toasts.ts';
import { Value } from '../ui/Value.tsx';
import { CredentialsPart } from './CredentialsPart.tsx';
import { isUnheard, presenceOf } from './silence.ts';

const FORM_ID = 'device';

export interface DevicePanelProps {
  /** Updates while the panel is open; what is being typed stays. */
  readonly device: Device;
  readonly onClose: () => void;
}

/** One device: its values as they come in, and what people call it. */
export function DevicePanel({ device, onClose }: DevicePanelProps) {
  const user = useUser();
  const [draft, setDraft] = useState({ name: device.name, model: device.model, tags: device.tags });
  const save = useMutation({
    mutationFn: () => {
      const body = { name: draft.name.trim(), model: draft.model.trim(), tags: [...draft.tags] };
      return remote.call('saveDevice', { params: { id: device.id }, body });
    },
    onSuccess: (saved) => {
      queries.setQueryData<Device[]>(KEYS.devices, (known) =>
        known === undefined ? undefined : mergeDevices(known, [saved]),
      );
      toastDone(`“${saved.name}” is saved`);
      onClose();
    },
  });
  const canSave = may(user, 'saveDevice');
  return (
    <Dialog
      title={device.name}
      place="side"
      isOpen
      onClose={onClose}
      actions={
        canSave && (
          <>
            <Button onPress={onClose}>Cancel</Button>
            <Button
              type="submit"
              form={FORM_ID}
              variant="primary"
              isPending={save.isPending}
              isDisabled={draft.name.trim() === ''}
            >
              Save
            </Button>
          </>
        )
      }
    >
      <div className="flex flex-col gap-6">
        <Presence device={device} />
        <LastValues device={device} />
        <form
          id={FORM_ID}
          aria-labelledby={`${FORM_ID}-title`}
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (draft.name.trim() !== '') save.mutate();
          }}
        >
          <h3 id={`${FORM_ID}-title`} className="-mb-2 text-operator font-semibold">
            What people call it
          </h3>
          <TextField
            label="Name"
            value={draft.name}
            onChange={(name) => setDraft({ ...draft, name })}
            error={draft.name.trim() === '' ? 'A device needs a name.' : undefined}
            maxLength={200}
            isDisabled={!canSave}
          />
          <TextField
            label="Model"
            value={draft.model}
            onChange={(model) => setDraft({ ...draft, model })}
            description="Flows can pick all devices of a model."
            maxLength={200}
            isDisabled={!canSave}
          />
          <TagField
            label="Tags"
            tags={draft.tags}
            onChange={(tags) => setDraft({ ...draft, tags: [...tags] })}
            description="Places, groups, whatever you sort by. Enter or a comma adds one."
            isDisabled={!canSave}
          />
          {save.isError && (
            <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-danger">
              {sentenceOf(save.error)}
            </p>
          )}
        </form>
        {may(user, 'credentials') && <CredentialsPart device={device} />}
      </div>
    </Dialog>
  );
}

function Presence({ device }: { readonly device: Device }) {
  const { status, word, since } = presenceOf(device, useNow());
  return (
    <dl className="grid grid-cols-[6rem_1fr] gap-x-3 gap-y-1">
      <Fact name="State">
        <StatusDot status={status} word={since === undefined ? word : `${word} for ${since}`} />
      </Fact>
      <Fact name="Id">
        <span className="font-mono wrap-anywhere">{device.id}</span>
      </Fact>
      <Fact name="Topic">
        <span className="font-mono wrap-anywhere">{device.topic}</span>
      </Fact>
      <Fact name="Rate">{formatRate(device.rate)}</Fact>
      <Fact name={isUnheard(device) ? 'Added' : 'First seen'}>
        <Time at={device.firstSeen} />
      </Fact>
      {!isUnheard(device) && (
        <Fact name="Last seen">
          <Time at={device.lastSeen} />
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-soft">{name}</dt>
      <dd className="min-w-0 tabular-nums">{children}</dd>
    </>
  );
}

function LastValues({ device }: { readonly device: Device }) {
  const measurements = Object.entries(device.measurements);
  return (
    <section aria-label="Last values">
      <h3 className="mb-2 text-operator font-semibold">Last values</h3>
      {measurements.length === 0 && (
        <p className="text-ink-soft">
          {isUnheard(device)
            ? 'Nothing yet. They show up here within a second of its first message.'
            : 'None of its messages had a value that could be read.'}
        </p>
      )}
      <ul className="divide-y divide-line rounded-md border border-line empty:hidden">
        {measurements.map(([name, { value, time }]) => (
          <li key={name} className="grid grid-cols-[1fr_auto_6rem] items-baseline gap-3 px-3 py-2">
            <span className="truncate">{name}</span>
            <Value value={value} isStrong />
            <span className="text-right text-ink-soft">
              <Time at={time} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
