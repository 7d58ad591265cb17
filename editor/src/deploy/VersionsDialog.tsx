import type { Version } from '@sluice/shared/protocol/http.ts';
import { useQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { useState } from 'react';
import { useDocument, useEditor } from '../flow/EditorContext.tsx';
import { KEYS, remote } from '../state/remoteQueries.ts';
import { Badge } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ErrorState } from '../ui/ErrorState.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { Time } from '../ui/Time.tsx';

/** What was deployed, newest first: to run again as it was, or to go on from. */
export function VersionsDialog() {
  const { session } = useEditor();
  const id = useDocument((state) => state.about.id);
  const deployment = useDocument((state) => state.about.deployment);
  const versions = useQuery({
    queryKey: [...KEYS.versions(id), deployment?.version],
    queryFn: ({ signal }) => remote.call('versions', { params: { id } }, signal),
  });
  return (
    <Dialog title="Versions" isOpen onClose={session.closeOverlay} place="side">
      {versions.isPending && <Spinner label="Loading versions" size={16} />}
      {versions.isError && (
        <ErrorState
          title="The versions could not be loaded"
          error={versions.error}
          onRetry={() => void versions.refetch()}
        />
      )}
      {versions.data?.length === 0 && (
        <EmptyState icon={<History size={20} aria-hidden="true" />} title="No version yet">
          Each deploy keeps the flow as it was then, so that you can always go back.
        </EmptyState>
      )}
      <ul className="flex flex-col gap-2">
        {versions.data?.map((version) => (
          <VersionItem
            key={version.version}
            version={version}
            state={version.version === deployment?.version ? deployment.state : undefined}
          />
        ))}
      </ul>
    </Dialog>
  );
}

interface VersionItemProps {
  readonly version: Version;
  /** Of the version that is deployed. */
  readonly state: string | undefined;
}

function VersionItem({ version, state }: VersionItemProps) {
  const { actions, session, canEdit } = useEditor();
  const [working, setWorking] = useState<'run' | 'restore'>();
  const act = async (what: 'run' | 'restore', run: (version: number) => Promise<boolean>) => {
    setWorking(what);
    const isDone = await run(version.version);
    setWorking(undefined);
    if (isDone) session.closeOverlay();
  };
  return (
    <li className="rounded-md border border-line p-3">
      <p className="flex items-center gap-2">
        <span className="font-medium tabular-nums">v{version.version}</span>
        {state !== undefined && <Badge tone={state === 'running' ? 'good' : 'neutral'}>{state}</Badge>}
        <span className="ml-auto text-small text-ink-soft">
          <Time at={version.createdAt} />
        </span>
      </p>
      <p className={version.note === '' ? 'text-ink-faint' : ''}>
        {version.note === '' ? 'No note' : version.note}
      </p>
      <p className="text-small text-ink-soft">{version.createdBy}</p>
      {canEdit && (
        <div className="mt-2 flex flex-wrap gap-2">
          {state !== 'running' && (
            <Button
              size="small"
              isPending={working === 'run'}
              onPress={() => void act('run', actions.runVersion)}
            >
              Run this version
            </Button>
          )}
          <Button
            size="small"
            variant="quiet"
            isPending={working === 'restore'}
            onPress={() => void act('restore', actions.restoreVersion)}
          >
            Take as draft
          </Button>
        </div>
      )}
    </li>
  );
}
