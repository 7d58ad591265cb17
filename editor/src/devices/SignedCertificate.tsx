import type { Credential } from '@sluice/shared/protocol/credentials.ts';
import { Download } from 'lucide-react';
import { Button } from '../ui/Button.tsx';
import { CopyText } from '../ui/CopyText.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { formatExact } from '../ui/formatTime.ts';
import { saveTextFile } from '../ui/saveFile.ts';
import { certificateLine, fileOf } from './credentialWords.ts';

export interface SignedCertificateProps {
  readonly device: string;
  readonly signed: Pick<Credential, 'expiresAt'> & {
    readonly certificate: string;
    readonly authority: string;
  };
  readonly tlsPort: number | undefined;
  readonly onClose: () => void;
}

/** The certificate that was signed, and the one of the CA, to be saved. */
export function SignedCertificate({ device, signed, tlsPort, onClose }: SignedCertificateProps) {
  const file = fileOf(device);
  return (
    <Dialog
      title="The certificate is signed"
      width="wide"
      isOpen
      actions={
        <Button variant="primary" onPress={onClose}>
          Done
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <p>
          Put it into the device beside its key. Sluice keeps its sum and not itself: save it before you close
          this.
          {signed.expiresAt !== undefined && ` It ends on ${formatExact(signed.expiresAt)}.`}
        </p>
        <div className="flex flex-wrap gap-2">
          <Button
            icon={<Download size={16} aria-hidden="true" />}
            onPress={() => saveTextFile(`${file}.pem`, signed.certificate)}
          >
            Save the certificate
          </Button>
          <Button
            icon={<Download size={16} aria-hidden="true" />}
            onPress={() => saveTextFile('sluice-ca.pem', signed.authority)}
          >
            Save the CA
          </Button>
        </div>
        <CopyText label="Certificate" text={signed.certificate.trim()} />
        {tlsPort === undefined ? (
          <p className="rounded-md bg-caution-soft px-3 py-2 text-caution">
            This server has no MQTT port with TLS yet, which certificates need. Whoever runs it sets
            SLUICE_TLS_CERT, SLUICE_TLS_KEY and SLUICE_MQTTS_PORT.
          </p>
        ) : (
          <CopyText
            label="Try it by MQTT"
            text={certificateLine(tlsPort, window.location.hostname, device, file)}
            description="Where the certificate of this server is of a private CA, name that with --cafile in place of --tls-use-os-certs."
          />
        )}
      </div>
    </Dialog>
  );
}
