import type { Limits } from '@sluice/shared/protocol/running.ts';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { may } from '../account/permission.ts';
import { failedGroupsQuery } from '../debug/failedQueries.ts';
import { figuresQuery } from '../metrics/figuresQueries.ts';
import { usePageTitle } from '../routes/usePageTitle.ts';
import { accountQuery, devicesQuery, flowsQuery, queries, remote, useUser } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { CopyText } from '../ui/CopyText.tsx';
import { ErrorState } from '../ui/ErrorState.tsx';
import { PageTitle, Section } from '../ui/Page.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { RenameWorkspace } from '../workspaces/WorkspaceName.tsx';
import { useState } from 'react';
import { LimitsForm } from './LimitsForm.tsx';
import { limitUse } from './limitUse.ts';
import { outsideAddresses } from './outsideAddresses.ts';
import { RetentionPart } from './RetentionForm.tsx';

const limitsQuery = queryOptions({
  queryKey: ['limits'],
  queryFn: ({ signal }) => remote.call('limits', undefined, signal),
});

/** `/settings`: what holds for the whole workspace. */
export default function SettingsScreen() {
  usePageTitle('Settings');
  const user = useUser();
  return (
    <>
      <PageTitle title="Settings" lead="What holds for the whole workspace." />
      <NamePart />
      <AddressPart workspace={user.workspace} />
      {may(user, 'retention') && <RetentionPart />}
      <LimitsPart />
    </>
  );
}

function NamePart() {
  const canRename = may(useUser(), 'saveWorkspace');
  const account = useQuery(accountQuery);
  const [isRenaming, setIsRenaming] = useState(false);
  const here = account.data?.workspaces.find(({ workspace }) => workspace === account.data.workspace);
  return (
    <Section title="Name">
      {account.isPending && <Spinner label="Loading the name" />}
      {account.isError && here === undefined && (
        <ErrorState
          title="The name could not be loaded"
          error={account.error}
          onRetry={() => void account.refetch()}
        />
      )}
      {here !== undefined && (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <p className="font-medium wrap-anywhere">{here.name}</p>
          {canRename ? (
            <Button size="small" aria-label={`Rename ${here.name}`} onPress={() => setIsRenaming(true)}>
              Rename…
            </Button>
          ) : (
            <p className="text-editor text-ink-soft">Who owns this server can rename it.</p>
          )}
          {isRenaming && (
            <RenameWorkspace
              workspace={{ id: here.workspace, name: here.name }}
              onClose={() => setIsRenaming(false)}
            />
          )}
        </div>
      )}
    </Section>
  );
}

function AddressPart({ workspace }: { readonly workspace: string }) {
  return (
    <Section title="Addresses for the outside">
      <div className="flex max-w-2xl flex-col gap-5">
        {outsideAddresses(window.location.origin, workspace).map((address) => (
          <CopyText key={address.label} {...address} />
        ))}
      </div>
    </Section>
  );
}

function LimitsPart() {
  const canSave = may(useUser(), 'saveLimits');
  const limits = useQuery(limitsQuery);
  const use = limitUse({
    flows: useQuery(flowsQuery).data,
    devices: useQuery(devicesQuery).data?.length,
    figures: useQuery(figuresQuery).data?.figures,
    failed: useQuery(failedGroupsQuery()).data?.groups,
  });
  async function save(wanted: Limits): Promise<Limits> {
    const saved = await remote.call('saveLimits', { body: wanted });
    queries.setQueryData(limitsQuery.queryKey, saved);
    return saved;
  }
  return (
    <Section title="Limits">
      {limits.isPending && <Spinner label="Loading the limits" />}
      {limits.isError && limits.data === undefined && (
        <ErrorState
          title="The limits could not be loaded"
          error={limits.error}
          onRetry={() => void limits.refetch()}
        />
      )}
      {limits.data !== undefined && (
        <LimitsForm limits={limits.data} use={use} save={canSave ? save : undefined} />
      )}
    </Section>
  );
}
