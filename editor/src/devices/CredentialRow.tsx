import type { Credential } from '@sluice/shared/protocol/credentials.ts';
import type { ReactNode } from 'react';
import { useNow } from '../state/clock.ts';
import { Button } from '../ui/Button.tsx';
import { formatExact } from '../ui/formatTime.ts';
import { StatusDot } from '../ui/StatusDot.tsx';
import { Time } from '../ui/Time.tsx';
import { KIND_WORDS, shownFingerprint, stateOf } from './credentialWords.ts';

export interface CredentialRowProps {
  readonly credential: Credential;
  readonly onRevoke: () => void;
}

/** One credential: what it is, whether it is used, and who made it. */
export function CredentialRow({ credential, onRevoke }: CredentialRowProps) {
  const { kind, createdAt, createdBy, expiresAt, lastUsedAt, serial, fingerprint } = credential;
  const { status, word } = stateOf(credential, useNow());
  return (
    <li className="flex flex-col gap-1 px-3 py-2">
      <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
        <span className="flex flex-wrap items-baseline gap-x-3">
          <span className="font-medium">{KIND_WORDS[kind]}</span>
          <StatusDot status={status} word={word} />
        </span>
        <Button size="small" variant="quiet" onPress={onRevoke}>
          Revoke…
        </Button>
      </div>
      <dl className="grid grid-cols-[6rem_1fr] gap-x-3 gap-y-0.5 text-editor">
        <Fact name="Made">
          <Time at={createdAt} /> by {createdBy}
        </Fact>
        <Fact name="Ends">
          {expiresAt === undefined ? 'never, until it is revoked' : formatExact(expiresAt)}
        </Fact>
        {lastUsedAt !== undefined && (
          <Fact name="Last used">
            <Time at={lastUsedAt} />
          </Fact>
        )}
        {serial !== undefined && (
          <Fact name="Serial">
            <span className="font-mono text-small">{serial}</span>
          </Fact>
        )}
        {fingerprint !== undefined && (
          <Fact name="SHA-256">
            <span className="font-mono text-small">{shownFingerprint(fingerprint)}</span>
          </Fact>
        )}
      </dl>
    </li>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-soft">{name}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </>
  );
}
