import type { NodeStatePage } from '@sluice/shared/protocol/running.ts';
import { Archive, ChevronLeft, ChevronRight, Eraser } from 'lucide-react';
import { Button } from '../ui/Button.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { SearchField } from '../ui/SearchField.tsx';
import { KeptEntry } from './KeptEntry.tsx';
import type { AskedOfKept } from './KeptQuestion.tsx';
import { keptSummary } from './keptState.ts';

export interface KeptPageProps {
  readonly page: NodeStatePage;
  readonly search: string;
  /** From 1. */
  readonly pageNumber: number;
  readonly onSearch: (text: string) => void;
  readonly onBack: () => void;
  /** Told the key after which the next page begins. */
  readonly onNext: (after: string) => void;
  /** Left out for those who may only look. */
  readonly onAsk: ((asked: AskedOfKept) => void) | undefined;
}

/** Some of the keys of a node, to search and to turn over. */
export function KeptPage(props: KeptPageProps) {
  const { page, search, onSearch, onAsk } = props;
  if (page.total === 0) {
    return (
      <EmptyState icon={<Archive size={20} aria-hidden="true" />} title="Nothing kept yet">
        What this node remembers from one message to the next shows here, by device, with the timers that run.
      </EmptyState>
    );
  }
  return (
    <>
      <p className="text-small text-ink-soft tabular-nums">{keptSummary(page)}</p>
      <SearchField label="Search keys" value={search} onChange={onSearch} />
      {page.entries.length === 0 && (
        <p className="text-small text-ink-soft">
          {search === '' ? 'There are no more keys.' : 'No key has that text.'}
        </p>
      )}
      <ul className="divide-y divide-line rounded-md border border-line empty:hidden">
        {page.entries.map((entry) => (
          <li key={entry.key}>
            <KeptEntry
              entry={entry}
              onEdit={onAsk && (() => onAsk({ kind: 'edit', entry }))}
              onForget={onAsk && (() => onAsk({ kind: 'forget', entry }))}
            />
          </li>
        ))}
      </ul>
      <Foot {...props} />
    </>
  );
}

function Foot({ page: { next }, pageNumber, onBack, onNext, onAsk }: KeptPageProps) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      {(pageNumber > 1 || next !== undefined) && (
        <>
          <Button
            size="small"
            icon={<ChevronLeft size={16} aria-hidden="true" />}
            isDisabled={pageNumber === 1}
            onPress={onBack}
          >
            Back
          </Button>
          <Button
            size="small"
            icon={<ChevronRight size={16} aria-hidden="true" />}
            isDisabled={next === undefined}
            onPress={() => next !== undefined && onNext(next)}
          >
            Next
          </Button>
          <span className="text-small text-ink-soft tabular-nums">page {pageNumber}</span>
        </>
      )}
      {onAsk !== undefined && (
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
  );
}
