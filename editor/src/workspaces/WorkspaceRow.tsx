import type { WorkspaceSummary } from '@sluice/shared/protocol/workspaces.ts';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Ellipsis, Gauge, PenLine, Trash2 } from 'lucide-react';
import { sentenceOf } from '../state/remoteError.ts';
import { accountQuery, useUser } from '../state/remoteQueries.ts';
import { Badge } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Menu } from '../ui/Menu.tsx';
import { Time } from '../ui/Time.tsx';
import { toastFailed } from '../ui/toasts.ts';
import { goToWorkspace } from './goToWorkspace.ts';
import { contentsOf } from './workspaceWords.ts';

export type WorkspaceAction = 'rename' | 'limits' | 'delete';

export interface WorkspaceRowProps {
  readonly workspace: WorkspaceSummary;
  readonly onAsk: (action: WorkspaceAction) => void;
}

/** One workspace of the server, and what its owner does about it. */
export function WorkspaceRow({ workspace, onAsk }: WorkspaceRowProps) {
  const { id, name } = workspace;
  const isHere = useUser().workspace === id;
  const mine = useQuery(accountQuery).data?.workspaces ?? [];
  const go = useMutation({
    mutationFn: () => goToWorkspace(id),
    onError: (error) => toastFailed(`You are still where you were`, { detail: sentenceOf(error) }),
  });
  return (
    <li aria-label={name} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-52 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-medium wrap-anywhere">{name}</span>
          {isHere && <Badge tone="accent">you are here</Badge>}
        </p>
        <p className="text-editor text-ink-soft">{contentsOf(workspace)}</p>
        <p className="text-small text-ink-soft">
          made <Time at={workspace.createdAt} />
        </p>
      </div>
      <div className="flex items-center gap-1">
        {!isHere && mine.some(({ workspace: other }) => other === id) && (
          <Button
            size="small"
            aria-label={`Go there, to ${name}`}
            isPending={go.isPending}
            onPress={() => go.mutate()}
          >
            Go there
          </Button>
        )}
        <Menu
          label={`Actions for ${name}`}
          placement="bottom end"
          trigger={<IconButton icon={<Ellipsis size={16} />} label={`More for ${name}`} hasTooltip={false} />}
          groups={[
            {
              id: 'change',
              actions: [
                {
                  id: 'rename',
                  label: 'Rename…',
                  icon: <PenLine size={16} />,
                  onAction: () => onAsk('rename'),
                },
                {
                  id: 'limits',
                  label: 'Limits…',
                  icon: <Gauge size={16} />,
                  onAction: () => onAsk('limits'),
                },
              ],
            },
            {
              id: 'remove',
              actions: [
                {
                  id: 'delete',
                  label: 'Delete…',
                  icon: <Trash2 size={16} />,
                  isDanger: true,
                  onAction: () => onAsk('delete'),
                },
              ],
            },
          ]}
        />
      </div>
    </li>
  );
}
