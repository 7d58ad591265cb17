import type { Trace } from '@sluice/shared/protocol/running.ts';
import { useQuery } from '@tanstack/react-query';
import { Route } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { useDocument, useEditor } from '../flow/EditorContext.tsx';
import { remote } from '../state/remoteQueries.ts';
import { classes } from '../ui/classes.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Time } from '../ui/Time.tsx';
import { StartTrace } from './StartTrace.tsx';
import { TraceView } from './TraceView.tsx';

/** The way of single messages through the flow: where each stopped, and why. */
export function TraceTab() {
  const { traces } = useEditor();
  const list = useStore(traces, (state) => state.list);
  const shown = useStore(traces, (state) => state.list.find(({ id }) => id === state.shown));
  useKeptTraces();
  return (
    <div className="flex h-full min-h-0 max-md:flex-col max-md:overflow-auto">
      <div className="flex shrink-0 flex-col border-line max-md:border-b md:w-64 md:overflow-auto md:border-r">
        <div className="p-3">
          <StartTrace />
        </div>
        <ul aria-label="Last traces" className="flex flex-col">
          {list.map((trace) => (
            <li key={trace.id}>
              <ListedTrace
                trace={trace}
                isShown={trace.id === shown?.id}
                onPress={() => traces.show(trace.id === shown?.id ? undefined : trace.id)}
              />
            </li>
          ))}
        </ul>
      </div>
      <div className="min-w-0 flex-1 md:overflow-auto">
        {shown === undefined ? (
          <EmptyState icon={<Route size={20} aria-hidden="true" />} title="No trace is open">
            A trace follows one message through the flow: what each node made of it, how long that took, and
            where it stopped and why.
          </EmptyState>
        ) : (
          <TraceView key={shown.id} trace={shown} onClose={() => traces.show(undefined)} />
        )}
      </div>
    </div>
  );
}

/** What the server has kept from before this page was opened. */
function useKeptTraces(): void {
  const { traces } = useEditor();
  const flow = useDocument((state) => state.flow.id);
  const { data } = useQuery({
    queryKey: ['traces', flow],
    queryFn: ({ signal }) => remote.call('traces', { params: { id: flow } }, signal),
    gcTime: 0,
    staleTime: 0,
  });
  useEffect(() => {
    if (data !== undefined) traces.load(data);
  }, [data, traces]);
}

interface ListedTraceProps {
  readonly trace: Trace;
  readonly isShown: boolean;
  readonly onPress: () => void;
}

function ListedTrace({ trace, isShown, onPress }: ListedTraceProps) {
  return (
    <button
      type="button"
      aria-pressed={isShown}
      onClick={onPress}
      className={classes(
        'flex w-full flex-col px-3 py-1.5 text-left focus-visible:-outline-offset-2',
        isShown ? 'bg-selected' : 'hover:bg-hover',
      )}
    >
      <span className="flex items-baseline justify-between gap-2">
        <span className="truncate font-medium">{trace.device ?? trace.topic}</span>
        <span className="shrink-0 text-small text-ink-soft">
          <Time at={trace.startedAt} />
        </span>
      </span>
      <span className="truncate text-small text-ink-soft">
        {trace.isSampled === true && 'sampled · '}
        {trace.isDone ? trace.end : 'under way …'}
      </span>
    </button>
  );
}
