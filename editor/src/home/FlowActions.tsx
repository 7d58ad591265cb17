import type { FlowSummary } from '@sluice/shared/protocol/http.ts';
import { useMutation } from '@tanstack/react-query';
import { Download, Ellipsis, PencilRuler, Play, Square, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { may } from '../account/permission.ts';
import { sentenceOf } from '../state/remoteError.ts';
import { KEYS, learnFlow, queries, remote, useUser } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Menu } from '../ui/Menu.tsx';
import { toastDone, toastFailed } from '../ui/toasts.ts';
import { exportFlow } from './flowFile.ts';
import type { FlowState } from './flowState.ts';

export interface FlowActionsProps {
  readonly flow: FlowSummary;
  readonly offer: FlowState['offer'];
}

/** Start or stop, and the rest in a menu. */
export function FlowActions({ flow, offer }: FlowActionsProps) {
  const user = useUser();
  const [isDeleting, setIsDeleting] = useState(false);
  return (
    <div className="flex shrink-0 items-center gap-1">
      {offer !== 'none' && may(user, 'stopFlow') && <RunButton flow={flow} offer={offer} />}
      <FlowMenu flow={flow} onDelete={may(user, 'deleteFlow') ? () => setIsDeleting(true) : undefined} />
      <ConfirmDialog
        title={`Delete “${flow.name}”?`}
        action="Delete flow"
        isDanger
        isOpen={isDeleting}
        onClose={() => setIsDeleting(false)}
        onConfirm={() => deleteFlow(flow)}
      >
        The flow stops at once. Its draft and its versions are deleted, and that cannot be undone.
      </ConfirmDialog>
    </div>
  );
}

async function deleteFlow({ id, name, revision }: FlowSummary): Promise<void> {
  await remote.call('deleteFlow', { params: { id }, query: { revision } });
  await queries.invalidateQueries({ queryKey: KEYS.flows });
  toastDone(`“${name}” is deleted`);
}

function RunButton({ flow, offer }: { readonly flow: FlowSummary; readonly offer: 'start' | 'stop' }) {
  const change = useMutation({
    mutationFn: () => remote.call(offer === 'stop' ? 'stopFlow' : 'startFlow', { params: { id: flow.id } }),
    onSuccess: (deployment) => learnFlow(flow.id, { deployment }),
    onError: (error) => toastFailed(`“${flow.name}” did not ${offer}`, { detail: sentenceOf(error) }),
  });
  return (
    <Button
      size="small"
      isPending={change.isPending}
      icon={
        offer === 'stop' ? <Square size={14} aria-hidden="true" /> : <Play size={14} aria-hidden="true" />
      }
      aria-label={`${offer === 'stop' ? 'Stop' : 'Start'} ${flow.name}`}
      onPress={() => change.mutate()}
    >
      {offer === 'stop' ? 'Stop' : 'Start'}
    </Button>
  );
}

interface FlowMenuProps {
  readonly flow: FlowSummary;
  readonly onDelete: (() => void) | undefined;
}

function FlowMenu({ flow, onDelete }: FlowMenuProps) {
  const navigate = useNavigate();
  async function saveFile() {
    try {
      await exportFlow(flow.id);
    } catch (error) {
      toastFailed('The flow file was not made', { detail: sentenceOf(error) });
    }
  }
  const open = {
    id: 'open',
    label: 'Open',
    icon: <PencilRuler size={16} />,
    onAction: () => void navigate(`/flows/${encodeURIComponent(flow.id)}`),
  };
  const save = {
    id: 'export',
    label: 'Export flow file',
    icon: <Download size={16} />,
    onAction: () => void saveFile(),
  };
  return (
    <Menu
      label={`Actions for ${flow.name}`}
      placement="bottom end"
      trigger={
        <IconButton
          size="small"
          icon={<Ellipsis size={16} />}
          label={`More for ${flow.name}`}
          hasTooltip={false}
        />
      }
      groups={[
        { id: 'use', actions: [open, save] },
        ...(onDelete === undefined
          ? []
          : [
              {
                id: 'remove',
                actions: [
                  {
                    id: 'delete',
                    label: 'Delete…',
                    icon: <Trash2 size={16} />,
                    isDanger: true,
                    onAction: onDelete,
                  },
                ],
              },
            ]),
      ]}
    />
  );
}
