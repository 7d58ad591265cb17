import type { StateEntry } from '@sluice/shared/protocol/running.ts';
import type { NodeStatePage } from '@sluice/shared/protocol/running.ts';
import { Archive, ChevronLeft, ChevronRight, Eraser } from 'lucide-react';
import { useState } from 'react';
import { may } from '../account/permission.ts';
import { useDocument } from '../flow/EditorContext.tsx';
import { sentenceOf } from '../state/remoteError.ts';
import { useUser } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { SearchField } from '../ui/SearchField.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { toastDone } from '../ui/toasts.ts';
import { EditKept } from './EditKept.tsx';
import { KeptEntry } from './KeptEntry.tsx';
import { keptSummary, keyName } from './keptState.ts';
import { counted } from '../ui/formatValue.ts';
import { type KeptPlace, keptActions, useKept } from './useKept.ts';

type Asked =
  | { readonly kind: 'edit' | 'forget'; readonly entry: StateEntry }
  | { readonly kind: 'forget-all' };

/** What a node of the running flow keeps by key, with its timers: to search, to change, to forget (EN9, EN10). */
export function KeptState({ node }: { readonly node: string }) {
  const flow = useDocument((state) => state.flow.id);
  const isRunning = useDocument((state) => state.about.deployment?.state === 'running');
  const [search, setSearch] = useState('');
  /** The last key of each page before this one. */
  const [pages, setPages] = useState<readonly string[]>([]);
  const [asked, setAsked] = useState<Asked>();
  const mayChange = may(useUser(), 'setNodeState');
  const place = { flow, node };
  const kept = useKept(place, { search, after: pages.at(-1), isRunning });
  return (
    <section aria-label="What it keeps" className="flex flex-col gap-2">
      <h3 className="text-small font-medium text-ink-soft">What it keeps</h3>
      {!isRunning && (
        <p className="text-small text-ink-soft">
          Shown while the flow runs. What is kept stays on disk until then.
        </p>
      )}
      {isRunning && kept.isPending && <Spinner label="Reading what it keeps" size={16} />}
      {isRunning && kept.isError && kept.data === undefined && (
        <p className="text-small text-ink-soft">{sentenceOf(kept.error)}</p>
      )}
      {isRunning && kept.data !== undefined && (
        <Page
          page={kept.data}
          search={search}
          pageNumber={pages.length + 1}
          mayChange={mayChange}
          onSearch={(text) => {
            setSearch(text);
            setPages([]);
          }}
          onBack={() => setPages(pages.slice(0, -1))}
          onNext={(after) => setPages([...pages, after])}
          onAsk={setAsked}
        />
      )}
      {asked !== undefined && (
        <Question
          asked={asked}
          place={place}
          total={kept.data?.total ?? 0}
          onClose={() => setAsked(undefined)}
        />
      )}
    </section>
  );
}

interface PageProps {
  readonly page: NodeStatePage;
  readonly search: string;
  readonly pageNumber: number;
  readonly mayChange: boolean;
  readonly onSearch: (text: string) => void;
  readonly onBack: () => void;
  readonly onNext: (after: string) => void;
  readonly onAsk: (asked: Asked) => void;
}

function Page({ page, search, pageNumber, mayChange, onSearch, onAsk, ...turn }: PageProps) {
  if (page.total === 0) {
    return (
      <EmptyState icon={<Archive size={20} aria-hidden="true" />} title="Nothing kept yet">
        What this node remembers from one message to the next shows here, by device, with the timers that run.
      </EmptyState>
    );
  }
  const { next } = page;
  return (
    <>
      <p className="text-small text-ink-soft tabular-nums">{keptSummary(page)}</p>
      <SearchField label="Search keys" value={search} onChange={onSearch} />
      {page.entries.length === 0 && <p className="text-small text-ink-soft">No key has that text.</p>}
      <ul className="divide-y divide-line rounded-md border border-line empty:hidden">
        {page.entries.map((entry) => (
          <li key={entry.key}>
            <KeptEntry
              entry={entry}
              {...(mayChange
                ? {
                    onEdit: () => onAsk({ kind: 'edit', entry }),
                    onForget: () => onAsk({ kind: 'forget', entry }),
                  }
                : {})}
            />
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap items-center gap-2">
        {(pageNumber > 1 || next !== undefined) && (
          <>
            <Button
              size="small"
              icon={<ChevronLeft size={16} aria-hidden="true" />}
              isDisabled={pageNumber === 1}
              onPress={turn.onBack}
            >
              Back
            </Button>
            <Button
              size="small"
              icon={<ChevronRight size={16} aria-hidden="true" />}
              isDisabled={next === undefined}
              onPress={() => next !== undefined && turn.onNext(next)}
            >
              Next
            </Button>
            <span className="text-small text-ink-soft tabular-nums">page {pageNumber}</span>
          </>
        )}
        {mayChange && (
          <span className="ml-auto">
            <Button
              size="small"
              variant="quiet"
              icon={<Eraser size={16} aria-hidden="true" />}
              onPress={() => onAsk({ kind: 'forget-all' })}
            >
              Forget all
            </Button>
          </span>
        )}
      </div>
    </>
  );
}

interface QuestionProps {
  readonly asked: Asked;
  readonly place: KeptPlace;
  readonly total: number;
  readonly onClose: () => void;
}

function Question({ asked, place, total, onClose }: QuestionProps) {
  const actions = keptActions(place);
  switch (asked.kind) {
    case 'edit':
      return <EditKept entry={asked.entry} onSave={actions.set} onClose={onClose} />;
    case 'forget': {
      const { key, timers } = asked.entry;
      return (
        <ConfirmDialog
          title={`Forget what is kept for ${keyName(key)}?`}
          isOpen
          isDanger
          action="Forget"
          onClose={onClose}
          onConfirm={async () => {
            await actions.forget(key);
            toastDone(`Forgotten what was kept for ${keyName(key)}.`);
          }}
        >
          <p>
            The node begins anew with its next message.
            {timers.length > 0 && ` ${counted(timers.length, 'timer')} that runs for it is cleared.`} This
            cannot be undone.
          </p>
        </ConfirmDialog>
      );
    }
    case 'forget-all':
      return (
        <ConfirmDialog
          title={`Forget all ${counted(total, 'key')}?`}
          isOpen
          isDanger
          action={`Forget ${counted(total, 'key')}`}
          onClose={onClose}
          onConfirm={async () => {
            const { cleared } = await actions.forgetAll();
            toastDone(`Forgotten: ${counted(cleared, 'key')}.`);
          }}
        >
          <p>
            Everything that this node keeps is forgotten, for all devices, and its timers are cleared. This
            cannot be undone.
          </p>
        </ConfirmDialog>
      );
  }
}
