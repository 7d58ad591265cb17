import type { Connection } from '@sluice/shared/protocol/http.ts';
import { useQuery } from '@tanstack/react-query';
import { ChartLine, Lock, Mail, Plus, RadioTower } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components/Button';
import { may } from '../account/permission.ts';
import { usePageTitle } from '../routes/usePageTitle.ts';
import { connectionsQuery, useUser } from '../state/remoteQueries.ts';
import { Badge } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import { ErrorState } from '../ui/ErrorState.tsx';
import { Menu } from '../ui/Menu.tsx';
import { Page, PageTitle } from '../ui/Page.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { CONNECTION_KINDS, type ConnectionType } from './connectionKinds.ts';
import { ConnectionPanel, type PanelTarget } from './ConnectionPanel.tsx';

const ICONS: Record<ConnectionType, ReactNode> = {
  mqtt: <RadioTower size={18} aria-hidden="true" />,
  influxdb: <ChartLine size={18} aria-hidden="true" />,
  smtp: <Mail size={18} aria-hidden="true" />,
};

/** `/connections`: the outside systems that flows may use. */
export default function ConnectionsScreen() {
  usePageTitle('Connections');
  const user = useUser();
  const connections = useQuery(connectionsQuery);
  const [target, setTarget] = useState<PanelTarget>();
  const canWrite = may(user, 'createConnection');
  return (
    <Page>
      <PageTitle
        title="Connections"
        lead={`Outside systems that flows use, with their credentials. A node names one of these.${canWrite ? '' : ' Integrators make and change them.'}`}
        actions={canWrite && <NewConnection onChoose={(type) => setTarget({ kind: 'new', type })} />}
      />
      {connections.isPending && <Spinner label="Loading the connections" />}
      {connections.isError && (
        <ErrorState
          title="The connections could not be loaded"
          error={connections.error}
          onRetry={() => void connections.refetch()}
        />
      )}
      {connections.data !== undefined && (
        <ul className="divide-y divide-line overflow-hidden rounded-md border border-line bg-surface shadow-card">
          {connections.data.map((connection) => (
            <ConnectionRow
              key={connection.id}
              connection={connection}
              onOpen={
                canWrite && !connection.builtIn ? () => setTarget({ kind: 'edit', connection }) : undefined
              }
            />
          ))}
        </ul>
      )}
      {target !== undefined && (
        <ConnectionPanel
          key={target.kind === 'new' ? target.type : target.connection.id}
          target={target}
          onClose={() => setTarget(undefined)}
        />
      )}
    </Page>
  );
}

function NewConnection({ onChoose }: { readonly onChoose: (type: ConnectionType) => void }) {
  return (
    <Menu
      label="Kind of connection"
      placement="bottom end"
      trigger={
        <Button variant="primary" icon={<Plus size={16} aria-hidden="true" />}>
          New connection
        </Button>
      }
      groups={[
        {
          id: 'kinds',
          actions: Object.values(CONNECTION_KINDS).map((kind) => ({
            id: kind.type,
            label: kind.title,
            icon: ICONS[kind.type],
            onAction: () => onChoose(kind.type),
          })),
        },
      ]}
    />
  );
}

/** Which secrets are set, as people call them. */
function secretWords({ type, secrets }: Connection): string {
  const labels = new Map(
    CONNECTION_KINDS[type].secrets.map(({ name, label }) => [name, label.toLowerCase()]),
  );
  return secrets.map((name) => labels.get(name) ?? name).join(', ');
}

interface ConnectionRowProps {
  readonly connection: Connection;
  /** Left out where it cannot be changed. */
  readonly onOpen: (() => void) | undefined;
}

function ConnectionRow({ connection, onOpen }: ConnectionRowProps) {
  const kind = CONNECTION_KINDS[connection.type];
  return (
    <li className="flex items-center gap-3 px-4 py-3">
      <span className="flex size-9 shrink-0 items-center justify-center rounded-md bg-sunken text-ink-soft">
        {ICONS[connection.type]}
      </span>
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{connection.name}</p>
        <p className="truncate text-editor text-ink-soft">
          {[kind.title, kind.target(connection.config)].filter((part) => part !== '').join(' · ')}
        </p>
      </div>
      {connection.secrets.length > 0 && (
        <span className="hidden sm:flex">
          <Badge icon={<Lock size={12} aria-hidden="true" />}>{secretWords(connection)} set</Badge>
        </span>
      )}
      {connection.builtIn && <Badge tone="accent">built in</Badge>}
      {onOpen !== undefined && (
        <AriaButton
          onPress={onOpen}
          aria-label={`Edit ${connection.name}`}
          className="rounded-sm px-2 py-1 text-editor font-medium text-accent-text data-hovered:bg-hover"
        >
          Edit
        </AriaButton>
      )}
    </li>
  );
}
