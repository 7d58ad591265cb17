import type { Token } from '@sluice/shared/protocol/people.ts';
import { useQuery } from '@tanstack/react-query';
import { KeyRound, Plus } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { usePageTitle } from '../routes/usePageTitle.ts';
import { queries, remote } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ErrorState } from '../ui/ErrorState.tsx';
import { PageTitle } from '../ui/Page.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { toastDone } from '../ui/toasts.ts';
import { tokensQuery } from './accountQueries.ts';
import { NewTokenDialog } from './NewTokenDialog.tsx';
import { TokenRow } from './TokenRow.tsx';

/** `/settings/tokens`: what other programs sign in with. */
export default function TokensScreen() {
  usePageTitle('API tokens');
  const tokens = useQuery(tokensQuery);
  const [isMaking, setIsMaking] = useState(false);
  const [revoking, setRevoking] = useState<Token>();
  const newToken = (
    <Button variant="primary" icon={<Plus size={16} aria-hidden="true" />} onPress={() => setIsMaking(true)}>
      New token
    </Button>
  );
  const isEmpty = tokens.data?.length === 0;
  return (
    <>
      <PageTitle
        title="API tokens"
        lead="Scripts and other programs show one to act in this workspace: in the role of the token, and never as more than its owner."
        actions={!isEmpty && newToken}
      />
      {tokens.isPending && <Spinner label="Loading the tokens" />}
      {tokens.isError && tokens.data === undefined && (
        <ErrorState
          title="The tokens could not be loaded"
          error={tokens.error}
          onRetry={() => void tokens.refetch()}
        />
      )}
      {isEmpty && <NoToken>{newToken}</NoToken>}
      {tokens.data !== undefined && !isEmpty && (
        <ul className="divide-y divide-line overflow-hidden rounded-md border border-line bg-surface shadow-card">
          {tokens.data.map((token) => (
            <TokenRow key={token.id} token={token} onRevoke={() => setRevoking(token)} />
          ))}
        </ul>
      )}
      {isMaking && <NewTokenDialog onClose={() => setIsMaking(false)} />}
      {revoking !== undefined && <RevokeDialog token={revoking} onClose={() => setRevoking(undefined)} />}
    </>
  );
}

function NoToken({ children }: { readonly children: ReactNode }) {
  return (
    <div className="rounded-md border border-line bg-surface">
      <EmptyState
        icon={<KeyRound size={20} aria-hidden="true" />}
        title="No program signs in here yet"
        action={children}
      >
        Make a token for each script or system that reads flows, deploys or asks for alarms. Each can be
        revoked by itself, and ends by itself after its days.
      </EmptyState>
    </div>
  );
}

function RevokeDialog({ token, onClose }: { readonly token: Token; readonly onClose: () => void }) {
  return (
    <ConfirmDialog
      title={`Revoke “${token.name}”?`}
      action="Revoke token"
      isDanger
      isOpen
      onClose={onClose}
      onConfirm={async () => {
        await remote.call('deleteToken', { params: { id: token.id } });
        await queries.invalidateQueries({ queryKey: tokensQuery.queryKey });
        toastDone(`“${token.name}” is revoked`);
      }}
    >
      Whatever uses this token is refused from now on, and its open connections end. That cannot be undone:
      make a new one and give it to those that still need it.
    </ConfirmDialog>
  );
}
