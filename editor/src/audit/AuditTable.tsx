import type { AuditEntry } from '@sluice/shared/protocol/audit.ts';
import { memo } from 'react';
import { Button } from 'react-aria-components/Button';
import { classes } from '../ui/classes.ts';
import { formatExact } from '../ui/formatTime.ts';
import { Head, LongTable } from '../ui/LongTable.tsx';
import { Time } from '../ui/Time.tsx';
import { actionOf, detailLine, subjectOf, whoOf } from './auditWords.ts';

const ROW_PX = 64;
const PADDING = 'px-3 sm:px-4';

export interface AuditTableProps {
  readonly entries: readonly AuditEntry[];
  readonly onOpen: (entry: AuditEntry) => void;
}

/** Entries of the log, with all of one behind its action. */
export function AuditTable({ entries, onOpen }: AuditTableProps) {
  return (
    <LongTable
      label="Audit log"
      head={
        <>
          <Head className={PADDING}>What</Head>
          <Head className={classes(PADDING, 'hidden w-[32%] sm:table-cell')}>Who, and from where</Head>
          <Head className={classes(PADDING, 'hidden w-60 lg:table-cell')}>When</Head>
        </>
      }
      rows={entries}
      rowPx={ROW_PX}
      keyOf={({ id }) => String(id)}
      renderRow={(entry, index) => <AuditRow entry={entry} index={index} onOpen={onOpen} />}
      empty={
        <p className="px-4 py-8 text-center text-ink-soft">
          Nothing in the log fits. Choose other days, or show all.
        </p>
      }
    />
  );
}

interface AuditRowProps {
  readonly entry: AuditEntry;
  readonly index: number;
  readonly onOpen: (entry: AuditEntry) => void;
}

const AuditRow = memo(function AuditRow({ entry, index, onOpen }: AuditRowProps) {
  const about = [subjectOf(entry), detailLine(entry)].filter((part) => part !== '').join(' · ');
  return (
    <tr
      aria-rowindex={index + 2}
      style={{ height: ROW_PX }}
      className="border-b border-line text-editor last:border-b-0 hover:bg-hover"
      onClick={() => onOpen(entry)}
    >
      <td className={PADDING}>
        <Button
          onPress={() => onOpen(entry)}
          className="block max-w-full truncate rounded-sm text-left font-medium"
        >
          {actionOf(entry)}
        </Button>
        <span className="block truncate text-ink-soft">{about}</span>
        <span className="flex min-w-0 justify-between gap-2 text-ink-soft lg:hidden">
          <span className="truncate sm:hidden">{whoOf(entry)}</span>
          <Time at={entry.at} />
        </span>
      </td>
      <td className={classes(PADDING, 'hidden sm:table-cell')}>
        <span className="block truncate">{whoOf(entry)}</span>
        <span className="block truncate text-ink-soft">{entry.address}</span>
      </td>
      <td className={classes(PADDING, 'hidden whitespace-nowrap tabular-nums lg:table-cell')}>
        <Time at={entry.at} />
        <span className="block truncate text-small text-ink-soft">{formatExact(entry.at)}</span>
      </td>
    </tr>
  );
});
