import type { Device } from '@sluice/shared/protocol/http.ts';
import { useMutation, useQuery } from '@tanstack/react-query';
import { sentenceOf } from '../state/remoteError.ts';
import { remote } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { CopyText } from '../ui/CopyText.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { deviceAddressQuery, refreshCredentials } from './credentialQueries.ts';
import { ingestLine, publishLine, type SendingDevice } from './credentialWords.ts';

export interface NewTokenProps {
  readonly device: Pick<Device, 'id' | 'name'>;
  readonly onClose: () => void;
}

/** Makes a token and shows it, this once, with lines that try it. */
export function NewToken({ device, onClose }: NewTokenProps) {
  const create = useMutation({
    mutationFn: () => remote.call('createDeviceToken', { params: { id: device.id } }),
    onSuccess: () => refreshCredentials(device.id),
  });
  const { data: made } = create;
  if (made !== undefined) return <Made device={{ ...made, id: device.id }} onClose={onClose} />;
  return (
    <Dialog
      title={`New token for “${device.name}”`}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" isPending={create.isPending} onPress={() => create.mutate()}>
            Make token
          </Button>
        </>
      }
    >
      <p className="text-ink-soft">
        The device signs in with it over MQTT and HTTP, and can send and read under its own topics only. Those
        it has already go on counting until you revoke them.
      </p>
      {create.isError && (
        <p role="alert" className="mt-3 text-danger">
          {sentenceOf(create.error)}
        </p>
      )}
    </Dialog>
  );
}

interface MadeProps {
  readonly device: SendingDevice;
  readonly onClose: () => void;
}

/** No cross and no Escape: what is closed by a slip is gone for good. */
function Made({ device, onClose }: MadeProps) {
  const address = useQuery(deviceAddressQuery);
  const broker = address.data?.broker;
  const { origin, hostname } = window.location;
  return (
    <Dialog
      title="The token is made"
      width="wide"
      isOpen
      actions={
        <Button variant="primary" onPress={onClose}>
          I have kept it
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <p>
          The token is shown this once: Sluice keeps only its sum. Put it into the device, or in a safe place,
          before you close this.
        </p>
        <CopyText label="User name" text={device.username} />
        <CopyText
          label="Token"
          text={device.token}
          description="It is the password of the MQTT connection."
        />
        {broker !== undefined && (
          <CopyText label="Try it by MQTT" text={publishLine(broker, hostname, device)} />
        )}
        {broker !== undefined && <CopyText label="Try it by HTTP" text={ingestLine(origin, device)} />}
      </div>
    </Dialog>
  );
}
