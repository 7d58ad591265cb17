import type { Device } from '@sluice/shared/protocol/http.ts';
import { useMutation } from '@tanstack/react-query';
import { Upload } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { FileTrigger } from 'react-aria-components/FileTrigger';
import { sentenceOf } from '../state/remoteError.ts';
import { remote } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { CopyText } from '../ui/CopyText.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { NumberField } from '../ui/NumberField.tsx';
import { TextField } from '../ui/TextField.tsx';
import { refreshCredentials } from './credentialQueries.ts';
import { fileOf, requestLine, requestProblem } from './credentialWords.ts';
import { SignedCertificate } from './SignedCertificate.tsx';

const FORM_ID = 'sign-certificate';
const MOST_DAYS = 3_650;
const START_DAYS = 365;

export interface SignCertificateProps {
  readonly device: Pick<Device, 'id' | 'name'>;
  /** Where devices reach the broker with TLS. */
  readonly tlsPort: number | undefined;
  readonly onClose: () => void;
}

/** Takes a certificate request of a device, and gives back the certificate. */
export function SignCertificate({ device, tlsPort, onClose }: SignCertificateProps) {
  const [request, setRequest] = useState('');
  const [days, setDays] = useState(START_DAYS);
  const [problem, setProblem] = useState<string>();
  const sign = useMutation({
    mutationFn: () =>
      remote.call('signDeviceCertificate', { params: { id: device.id }, body: { request, days } }),
    onSuccess: () => refreshCredentials(device.id),
  });
  const areDaysWrong = !Number.isInteger(days) || days < 1 || days > MOST_DAYS;
  function submit(event: FormEvent) {
    event.preventDefault();
    const found = requestProblem(request);
    setProblem(found);
    if (found === undefined && !areDaysWrong) sign.mutate();
  }
  if (sign.data !== undefined) {
    return <SignedCertificate device={device.id} signed={sign.data} tlsPort={tlsPort} onClose={onClose} />;
  }
  return (
    <Dialog
      title={`Sign a certificate for “${device.name}”`}
      width="wide"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button type="submit" form={FORM_ID} variant="primary" isPending={sign.isPending}>
            Sign
          </Button>
        </>
      }
    >
      <form id={FORM_ID} noValidate onSubmit={submit} className="flex flex-col gap-4">
        <CopyText
          label="Where the device is, make a key and a request for it"
          text={requestLine(fileOf(device.id))}
          description="The key stays there; only the request comes here."
        />
        <TextField
          label="Certificate request"
          lines={8}
          isMono
          value={request}
          onChange={setRequest}
          placeholder="-----BEGIN CERTIFICATE REQUEST-----"
          description="PKCS #10 as PEM. Of it only the key counts: whose certificate it is says Sluice."
          error={problem ?? (sign.isError ? sentenceOf(sign.error) : undefined)}
        />
        <div>
          <FileTrigger
            acceptedFileTypes={['.csr', '.pem', '.req', 'application/pkcs10']}
            onSelect={(files) => {
              const file = files?.item(0);
              if (file != null) void file.text().then(setRequest);
            }}
          >
            <Button icon={<Upload size={16} aria-hidden="true" />}>Choose its file</Button>
          </FileTrigger>
        </div>
        <NumberField
          label="Counts for"
          unit="days"
          value={days}
          onChange={setDays}
          description="And never longer than the CA of the workspace."
          error={areDaysWrong ? `Write a whole number of days from 1 to ${MOST_DAYS}.` : undefined}
        />
      </form>
    </Dialog>
  );
}
