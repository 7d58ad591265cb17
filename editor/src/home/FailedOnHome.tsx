import type { FlowSummary } from '@sluice/shared/protocol/http.ts';
import { useQuery } from '@tanstack/react-query';
import { failedPath } from '../debug/askedPanel.ts';
import { failedGroupsQuery } from '../debug/failedQueries.ts';
import { failedByFlow, failedLine } from '../debug/failedWords.ts';
import { ErrorState } from '../ui/ErrorState.tsx';
import { StatusDot } from '../ui/StatusDot.tsx';
import { TextLink } from '../ui/TextLink.tsx';

/** Flows named at most; the list of flows has them all. */
const SHOWN = 5;

/** `37 failed messages in 2 flows`, with the way to each; nothing while there are none. */
export function FailedOnHome({ flows }: { readonly flows: readonly FlowSummary[] }) {
  const failed = useQuery(failedGroupsQuery());
  if (failed.isError && failed.data === undefined) {
    return (
      <ErrorState
        title="The failed messages could not be counted"
        error={failed.error}
        onRetry={() => void failed.refetch()}
      />
    );
  }
  const line = failed.data === undefined ? undefined : failedLine(failed.data);
  if (failed.data === undefined || line === undefined) return null;
  const names = new Map(flows.map(({ id, name }) => [id, name]));
  const byFlow = failedByFlow(failed.data.groups);
  return (
    <section
      aria-label="Failed messages"
      className="flex flex-wrap items-baseline gap-x-4 gap-y-1 rounded-md border border-line bg-surface px-4 py-3"
    >
      <StatusDot status="caution" word={line} />
      <ul className="flex min-w-0 flex-wrap gap-x-4 gap-y-1">
        {byFlow.slice(0, SHOWN).map(({ flow, count }) => (
          <li key={flow} className="min-w-0 wrap-anywhere">
            <TextLink to={failedPath(flow)}>{names.get(flow) ?? flow}</TextLink>{' '}
            <span className="text-ink-soft tabular-nums">{count.toLocaleString('en')}</span>
          </li>
        ))}
        {byFlow.length > SHOWN && <li className="text-ink-soft">and {byFlow.length - SHOWN} more</li>}
      </ul>
    </section>
  );
}
