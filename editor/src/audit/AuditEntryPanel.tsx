import type { AuditEntry } from '@sluice/shared/protocol/audit.ts';
import type { ReactNode } from 'react';
import { Dialog } from '../ui/Dialog.tsx';
import { formatExact } from '../ui/formatTime.ts';
import { actionOf, detailsOf, whoOf } from './auditWords.ts';

export interface AuditEntryPanelProps {
  readonly entry: AuditEntry;
  readonly onClose: () => void;
}

/** All of one entry. */
export function AuditEntryPanel({ entry, onClose }: AuditEntryPanelProps) {
  const details = detailsOf(entry);
  return (
    <Dialog title={actionOf(entry)} place="side" isOpen onClose={onClose}>
      <div className="flex flex-col gap-6 text-editor">
        <dl className="grid grid-cols-[7rem_1fr] gap-x-3 gap-y-1">
          <Fact name="Who">{whoOf(entry)}</Fact>
          <Fact name="From">
            {entry.address === '' ? 'This machine, by the server itself' : entry.address}
          </Fact>
          <Fact name="When">{formatExact(entry.at)}</Fact>
          {entry.subject !== '' && <Fact name="What it is about">{entry.subject}</Fact>}
          <Fact name="Action">
            <span className="font-mono">{entry.what}</span>
          </Fact>
          <Fact name="Entry">{entry.id}</Fact>
        </dl>
        {details.length > 0 && (
          <section aria-labelledby="audit-details">
            <h3 id="audit-details" className="mb-2 text-operator font-semibold">
              Details
            </h3>
            <dl className="grid grid-cols-[minmax(7rem,auto)_1fr] gap-x-3 gap-y-1">
              {details.map(({ name, value }) => (
                <Fact key={name} name={name}>
                  {value}
                </Fact>
              ))}
            </dl>
          </section>
        )}
        <section aria-labelledby="audit-chain">
          <h3 id="audit-chain" className="mb-1 text-operator font-semibold">
            Its place in the chain
          </h3>
          <p className="text-ink-soft">
            This sum is made of the entry and of the sum of the one before it. A change to either would show.
          </p>
          <p className="mt-1 font-mono text-small wrap-anywhere">
            {entry.hash === '' ? 'None: it is from before there were sums.' : entry.hash}
          </p>
        </section>
      </div>
    </Dialog>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-soft">{name}</dt>
      <dd className="min-w-0 wrap-anywhere tabular-nums">{children}</dd>
    </>
  );
}
