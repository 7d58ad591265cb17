import type { WorkspaceSummary } from '@sluice/shared/protocol/workspaces.ts';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { usePageTitle } from '../routes/usePageTitle.ts';
import { Button } from '../ui/Button.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ErrorState } from '../ui/ErrorState.tsx';
import { PageTitle } from '../ui/Page.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { DeleteWorkspace } from './DeleteWorkspace.tsx';
import { NewKeys } from './NewKeys.tsx';
import { WorkspaceLimits } from './WorkspaceLimits.tsx';
import { NewWorkspace, RenameWorkspace } from './WorkspaceName.tsx';
import { workspacesQuery } from './workspaceQueries.ts';
import { type WorkspaceAction, WorkspaceRow } from './WorkspaceRow.tsx';

interface Asked {
  readonly action: WorkspaceAction;
  readonly workspace: WorkspaceSummary;
}

/** `/settings/workspaces`: the workspaces of this server, for who owns it. */
export default function WorkspacesScreen() {
  usePageTitle('Workspaces');
  const workspaces = useQuery(workspacesQuery);
  const [isMaking, setIsMaking] = useState(false);
  const [asked, setAsked] = useState<Asked>();
  const make = (
    <Button variant="primary" icon={<Plus size={16} aria-hidden="true" />} onPress={() => setIsMaking(true)}>
      New workspace
    </Button>
  );
  const isAlone = workspaces.data?.length === 1;
  return (
    <>
      <PageTitle
        title="Workspaces"
        lead="Each has its own people, flows, devices, connections and runner, and sees nothing of the others."
        actions={!isAlone && make}
      />
      {workspaces.isPending && <Spinner label="Loading the workspaces" />}
      {workspaces.isError && workspaces.data === undefined && (
        <ErrorState
          title="The workspaces could not be loaded"
          error={workspaces.error}
          onRetry={() => void workspaces.refetch()}
        />
      )}
      {workspaces.data !== undefined && (
        <ul
          aria-label="Workspaces"
          className="divide-y divide-line overflow-hidden rounded-md border border-line bg-surface shadow-card"
        >
          {workspaces.data.map((workspace) => (
            <WorkspaceRow
              key={workspace.id}
              workspace={workspace}
              onAsk={(action) => setAsked({ action, workspace })}
            />
          ))}
        </ul>
      )}
      {isAlone && (
        <div className="rounded-md border border-dashed border-line-strong">
          <EmptyState title="One workspace for everything so far" action={make}>
            A workspace of its own keeps a customer or a plant apart from the others.
          </EmptyState>
        </div>
      )}
      <NewKeys />
      {isMaking && <NewWorkspace onClose={() => setIsMaking(false)} />}
      {asked !== undefined && <AskedDialog {...asked} onClose={() => setAsked(undefined)} />}
    </>
  );
}

function AskedDialog({ action, workspace, onClose }: Asked & { readonly onClose: () => void }) {
  switch (action) {
    case 'rename':
      return <RenameWorkspace workspace={workspace} onClose={onClose} />;
    case 'limits':
      return <WorkspaceLimits workspace={workspace} onClose={onClose} />;
    case 'delete':
      return <DeleteWorkspace workspace={workspace} onClose={onClose} />;
  }
}
