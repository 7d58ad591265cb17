import { useState } from 'react';
import { may } from '../account/permission.ts';
import { useDocument } from '../flow/EditorContext.tsx';
import { sentenceOf } from '../state/remoteError.ts';
import { useUser } from '../state/remoteQueries.ts';
import { Spinner } from '../ui/Spinner.tsx';
import { KeptPage } from './KeptPage.tsx';
import { type AskedOfKept, KeptQuestion } from './KeptQuestion.tsx';
import { keptOfResting } from './keptState.ts';
import { useKept } from './useKept.ts';

/**
 * What a node keeps by key, with its timers: to search, to change, to forget (EN9, EN10). Of a flow that is stopped, what it
 * will go on with.
 */
export function KeptState({ node }: { readonly node: string }) {
  const flow = useDocument((state) => state.flow.id);
  const state = useDocument(({ about }) => about.deployment?.state);
  const isRunning = state === 'running';
  const hasRun = state !== undefined;
  const [search, setSearch] = useState('');
  /** The last key of each page before this one. */
  const [pages, setPages] = useState<readonly string[]>([]);
  const [asked, setAsked] = useState<AskedOfKept>();
  const mayChange = may(useUser(), 'setNodeState');
  const place = { flow, node };
  const kept = useKept(place, { search, after: pages.at(-1), hasRun, isRunning });
  return (
    <section aria-label="What it keeps" className="flex flex-col gap-2">
      <h3 className="text-small font-medium text-ink-soft">What it keeps</h3>
      {!isRunning && <p className="text-small text-ink-soft">{keptOfResting(state)}</p>}
      {hasRun && kept.isPending && <Spinner label="Reading what it keeps" size={16} />}
      {hasRun && kept.isError && (
        <p className="text-small text-ink-soft">
          {kept.data !== undefined && 'This may not be as it is now. '}
          {sentenceOf(kept.error)}
        </p>
      )}
      {hasRun && kept.data !== undefined && (
        <KeptPage
          page={kept.data}
          search={search}
          pageNumber={pages.length + 1}
          onSearch={(text) => {
            setSearch(text);
            setPages([]);
          }}
          onBack={() => setPages(pages.slice(0, -1))}
          onNext={(after) => setPages([...pages, after])}
          onAsk={mayChange ? setAsked : undefined}
        />
      )}
      {asked !== undefined && (
        <KeptQuestion
          asked={asked}
          place={place}
          total={kept.data?.total ?? 0}
          onClose={() => setAsked(undefined)}
        />
      )}
    </section>
  );
}
