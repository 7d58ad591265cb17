import type { Limits } from '@sluice/shared/protocol/running.ts';
import type { WorkspaceSummary } from '@sluice/shared/protocol/workspaces.ts';
import { useQuery } from '@tanstack/react-query';
import { LimitsForm } from '../settings/LimitsForm.tsx';
import { queries, remote } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorState } from '../ui/ErrorState.tsx';
import { counted } from '../ui/formatValue.ts';
import { Spinner } from '../ui/Spinner.tsx';
import { workspaceLimitsQuery } from './workspaceQueries.ts';

export interface WorkspaceLimitsProps {
  readonly workspace: WorkspaceSummary;
  readonly onClose: () => void;
}

/** What one workspace of the server may take. */
export function WorkspaceLimits({ workspace, onClose }: WorkspaceLimitsProps) {
  const { id, name, flows, running } = workspace;
  const query = workspaceLimitsQuery(id);
  const limits = useQuery(query);
  async function save(wanted: Limits): Promise<Limits> {
    const saved = await remote.call('saveWorkspaceLimits', { params: { id }, body: wanted });
    queries.setQueryData(query.queryKey, saved);
    await queries.invalidateQueries({ queryKey: ['limits'] });
    return saved;
  }
  const use = new Map<keyof Limits, string>([
    ['flows', `Now: ${counted(flows, 'flow')}, ${running === 0 ? 'none' : running} running.`],
  ]);
  return (
    <Dialog
      title={`Limits of “${name}”`}
      place="side"
      isOpen
      onClose={onClose}
      actions={<Button onPress={onClose}>Close</Button>}
    >
      {limits.isPending && <Spinner label="Loading the limits" />}
      {limits.isError && limits.data === undefined && (
        <ErrorState
          title="The limits could not be loaded"
          error={limits.error}
          onRetry={() => void limits.refetch()}
        />
      )}
      {limits.data !== undefined && <LimitsForm limits={limits.data} use={use} save={save} />}
    </Dialog>
  );
}
