import type { AuditEntry } from '@sluice/shared/protocol/audit.ts';
import { keepPreviousData, useInfiniteQuery, type UseInfiniteQueryResult } from '@tanstack/react-query';
import { Download, RotateCw } from 'lucide-react';
import { useState } from 'react';
import { usePageTitle } from '../routes/usePageTitle.ts';
import { sentenceOf } from '../state/remoteError.ts';
import { Button } from '../ui/Button.tsx';
import { ErrorState } from '../ui/ErrorState.tsx';
import { Menu } from '../ui/Menu.tsx';
import { PageTitle } from '../ui/Page.tsx';
import { saveFrom } from '../ui/saveFile.ts';
import { Spinner } from '../ui/Spinner.tsx';
import { AuditFilterBar } from './AuditFilterBar.tsx';
import { AuditTable } from './AuditTable.tsx';
import { AuditEntryPanel } from './AuditEntryPanel.tsx';
import { ChainCheck } from './ChainCheck.tsx';
import { shownWords } from './chainWords.ts';
import { type AuditQuestion, EVERYTHING, exportPath } from './auditFilter.ts';
import { auditQuery } from './auditQueries.ts';
import { SeenSoon } from './SeenSoon.tsx';

/** `/settings/audit`: who did what in this workspace, when and from where. */
export default function AuditScreen() {
  usePageTitle('Audit');
  const [question, setQuestion] = useState(EVERYTHING);
  const log = useInfiniteQuery({ ...auditQuery(question), placeholderData: keepPreviousData });
  const entries = log.data?.pages.flat() ?? [];
  return (
    <>
      <PageTitle
        title="Audit"
        lead="Who did what in this workspace, when and from where. Nobody can change an entry."
        actions={<ExportMenu question={question} />}
      />
      <ChainCheck />
      <div className="flex flex-col gap-3">
        <AuditFilterBar question={question} onChange={setQuestion} entries={entries} />
        {log.isPending && <Spinner label="Loading the log" />}
        {log.isError && log.data === undefined && (
          <ErrorState
            title="The log could not be loaded"
            error={log.error}
            onRetry={() => void log.refetch()}
          />
        )}
        {log.data !== undefined && <Entries log={log} entries={entries} />}
      </div>
    </>
  );
}

interface EntriesProps {
  readonly log: Pick<
    UseInfiniteQueryResult,
    | 'error'
    | 'fetchNextPage'
    | 'hasNextPage'
    | 'isFetching'
    | 'isFetchingNextPage'
    | 'isFetchNextPageError'
    | 'refetch'
  >;
  readonly entries: readonly AuditEntry[];
}

/** The entries that fit, which go on while somebody scrolls. */
function Entries({ log, entries }: EntriesProps) {
  const [open, setOpen] = useState<AuditEntry>();
  return (
    <>
      <AuditTable entries={entries} onOpen={setOpen} />
      <div className="flex flex-wrap items-center justify-between gap-3 text-editor text-ink-soft">
        <p role="status">{shownWords(entries.length, log.hasNextPage)}</p>
        <Button
          size="small"
          variant="quiet"
          icon={<RotateCw size={14} aria-hidden="true" />}
          onPress={() => void log.refetch()}
        >
          Look again
        </Button>
      </div>
      {log.isFetchNextPageError && (
        <p role="alert" className="text-danger">
          Older entries could not be loaded: {sentenceOf(log.error)}
        </p>
      )}
      {log.hasNextPage && (
        <SeenSoon
          key={entries.length}
          onSeen={() => {
            if (!log.isFetching && !log.isFetchNextPageError) void log.fetchNextPage();
          }}
        >
          <Button isPending={log.isFetchingNextPage} onPress={() => void log.fetchNextPage()}>
            Show older entries
          </Button>
        </SeenSoon>
      )}
      {open !== undefined && <AuditEntryPanel entry={open} onClose={() => setOpen(undefined)} />}
    </>
  );
}

function ExportMenu({ question }: { readonly question: AuditQuestion }) {
  return (
    <Menu
      label="Export what is shown"
      placement="bottom end"
      trigger={<Button icon={<Download size={16} aria-hidden="true" />}>Export</Button>}
      groups={[
        {
          id: 'formats',
          title: 'All entries that fit, oldest first',
          actions: [
            {
              id: 'csv',
              label: 'CSV, for a spreadsheet',
              onAction: () => saveFrom(exportPath(question, 'csv')),
            },
            {
              id: 'ndjson',
              label: 'NDJSON, for programs',
              onAction: () => saveFrom(exportPath(question, 'ndjson')),
            },
          ],
        },
      ]}
    />
  );
}
