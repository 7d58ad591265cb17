import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { sentenceOf } from '../state/remoteError.ts';
import { Button } from '../ui/Button.tsx';
import { formatExact } from '../ui/formatTime.ts';
import { saveTextFile } from '../ui/saveFile.ts';
import { authorityQuery } from './credentialQueries.ts';

/** The CA that signs the certificates of devices, to be saved; asked for when somebody wants it. */
export function AuthorityPart({ tlsPort }: { readonly tlsPort: number | undefined }) {
  const [isOpen, setIsOpen] = useState(false);
  const authority = useQuery({ ...authorityQuery, enabled: isOpen });
  return (
    <details className="text-editor" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className="w-fit cursor-pointer rounded-sm text-ink-soft">The CA of this workspace</summary>
      <div className="mt-2 flex flex-col items-start gap-2">
        {authority.isError && <p className="text-danger">{sentenceOf(authority.error)}</p>}
        {authority.data !== undefined && (
          <>
            <p className="text-ink-soft">
              It signs the certificates of devices, and ends on {formatExact(authority.data.expiresAt)}. A new
              one is made 30 days before, and both count meanwhile.
              {tlsPort === undefined &&
                ' Certificates need an MQTT port with TLS, which this server has not.'}
            </p>
            <Button
              size="small"
              icon={<Download size={14} aria-hidden="true" />}
              onPress={() => saveTextFile('sluice-ca.pem', authority.data.certificates.join('\n'))}
            >
              Save the CA certificate
            </Button>
          </>
        )}
      </div>
    </details>
  );
}
