import type { FlowSummary } from '@sluice/shared/protocol/http.ts';
import { Workflow } from 'lucide-react';
import { useState } from 'react';
import { may } from '../account/permission.ts';
import { useUser } from '../state/remoteQueries.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { SearchField } from '../ui/SearchField.tsx';
import { FlowCard } from './FlowCard.tsx';
import { NewFlow } from './NewFlow.tsx';

/** From how many flows on a search is of use. */
const SEARCH_FROM = 9;

/** All flows as cards: those that failed first, then by name. */
export function FlowList({ flows }: { readonly flows: readonly FlowSummary[] }) {
  const [search, setSearch] = useState('');
  if (flows.length === 0) return <NoFlows />;
  const wanted = search.trim().toLowerCase();
  const found = flows
    .filter((flow) => `${flow.name} ${flow.sentence}`.toLowerCase().includes(wanted))
    .sort((one, other) => needsCare(other) - needsCare(one) || one.name.localeCompare(other.name));
  return (
    <div className="flex flex-col gap-3">
      {flows.length >= SEARCH_FROM && (
        <div className="max-w-sm">
          <SearchField label="Search flows" value={search} onChange={setSearch} />
        </div>
      )}
      {found.length === 0 && (
        <p className="py-6 text-ink-soft">No flow has “{search}” in its name or sentence.</p>
      )}
      <ul className="grid gap-3 md:grid-cols-2">
        {found.map((flow) => (
          <FlowCard key={flow.id} flow={flow} />
        ))}
      </ul>
    </div>
  );
}

/** 1 for a flow that should run and does not, so that it comes first. */
function needsCare({ deployment }: FlowSummary): number {
  return deployment?.state === 'failed' || deployment?.state === 'held' ? 1 : 0;
}

function NoFlows() {
  const mayMake = may(useUser(), 'createFlow');
  return (
    <div className="rounded-md border border-dashed border-line-strong">
      <EmptyState
        icon={<Workflow size={20} aria-hidden="true" />}
        title="No flows yet"
        action={<NewFlow variant="primary" />}
      >
        A flow says what happens to the values of your devices: what to watch for, and what to do then.{' '}
        {mayMake ? 'Draw the first one, or import a flow file.' : 'Integrators of this workspace draw them.'}
      </EmptyState>
    </div>
  );
}
