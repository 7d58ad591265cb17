import type { Credential } from '@sluice/shared/protocol/credentials.ts';
import type { Device } from '@sluice/shared/protocol/http.ts';
import { useQuery } from '@tanstack/react-query';
import { BadgeCheck, KeyRound } from 'lucide-react';
import { useState } from 'react';
import { useNow } from '../state/clock.ts';
import { sentenceOf } from '../state/remoteError.ts';
import { remote } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { toastDone } from '../ui/toasts.ts';
import { AuthorityPart } from './AuthorityPart.tsx';
import { CredentialRow } from './CredentialRow.tsx';
import { credentialsQuery, deviceAddressQuery, refreshCredentials } from './credentialQueries.ts';
import { KIND_WORDS, revokeWarning, rotationAdvice } from './credentialWords.ts';
import { NewToken } from './NewToken.tsx';
import { SignCertificate } from './SignCertificate.tsx';

/** How a device signs in: its tokens and certificates, new ones, and revoking. For those who may. */
export function CredentialsPart({ device }: { readonly device: Pick<Device, 'id' | 'name'> }) {
  const credentials = useQuery(credentialsQuery(device.id));
  const address = useQuery(deviceAddressQuery);
  const isOutside = address.data !== undefined && address.data.broker === undefined;
  return (
    <section aria-labelledby="credentials" className="flex flex-col gap-3">
      <h3 id="credentials" className="text-operator font-semibold">
        How it signs in
      </h3>
      {isOutside && (
        <p className="rounded-md bg-notice-soft px-3 py-2 text-notice">
          This server takes measurements from an outside MQTT broker. Devices sign in there, by what that
          broker knows of them; what is made here does not count for it.
        </p>
      )}
      {credentials.isPending && <Spinner label="Loading the credentials" />}
      {credentials.isError && credentials.data === undefined && (
        <p role="alert" className="text-danger">
          {sentenceOf(credentials.error)}
        </p>
      )}
      {credentials.data !== undefined && (
        <Credentials device={device} credentials={credentials.data} tlsPort={address.data?.broker?.tlsPort} />
      )}
    </section>
  );
}

interface CredentialsProps {
  readonly device: Pick<Device, 'id' | 'name'>;
  readonly credentials: readonly Credential[];
  readonly tlsPort: number | undefined;
}

type Making = 'nothing' | 'token' | 'certificate';

function Credentials({ device, credentials, tlsPort }: CredentialsProps) {
  const now = useNow();
  const [making, setMaking] = useState<Making>('nothing');
  const [revoked, setRevoked] = useState<Credential>();
  const advice = rotationAdvice(credentials, now);
  const done = () => setMaking('nothing');
  return (
    <>
      {credentials.length === 0 ? (
        <p className="text-ink-soft">
          It has no credential of its own. Make a token for it, and put that into the device.
        </p>
      ) : (
        <ul aria-label="Credentials" className="divide-y divide-line rounded-md border border-line">
          {credentials.map((credential) => (
            <CredentialRow
              key={credential.id}
              credential={credential}
              onRevoke={() => setRevoked(credential)}
            />
          ))}
        </ul>
      )}
      {advice !== undefined && <p className="text-ink-soft">{advice}</p>}
      {credentials.length === 1 && (
        <p className="text-ink-soft">
          To change it: make a new one, put that into the device, and revoke the old one when its last use
          stays behind. Both count meanwhile.
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button icon={<KeyRound size={16} aria-hidden="true" />} onPress={() => setMaking('token')}>
          New token
        </Button>
        <Button icon={<BadgeCheck size={16} aria-hidden="true" />} onPress={() => setMaking('certificate')}>
          Sign a certificate
        </Button>
      </div>
      <AuthorityPart tlsPort={tlsPort} />
      {making === 'token' && <NewToken device={device} onClose={done} />}
      {making === 'certificate' && <SignCertificate device={device} tlsPort={tlsPort} onClose={done} />}
      {revoked !== undefined && (
        <ConfirmDialog
          title={`Revoke this ${KIND_WORDS[revoked.kind].toLowerCase()} of “${device.name}”?`}
          action="Revoke"
          isDanger
          isOpen
          onClose={() => setRevoked(undefined)}
          onConfirm={async () => {
            const params = { id: device.id, credential: revoked.id };
            await remote.call('revokeCredential', { params });
            await refreshCredentials(device.id);
            toastDone('It is revoked, and its connections are closed');
          }}
        >
          {revokeWarning(revoked, credentials, now)}
        </ConfirmDialog>
      )}
    </>
  );
}
