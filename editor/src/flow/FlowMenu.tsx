import { EllipsisVertical } from 'lucide-react';
import type { Session } from '../state/session.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { Menu } from '../ui/Menu.tsx';
import { useDocument, useEditor } from './EditorContext.tsx';
import { exportFlow } from './exportFlow.ts';

/** What is done with the flow as a whole. */
export default function FlowMenu() {
  const { actions, session, document, canEdit, canRun } = useEditor();
  const deployment = useDocument((state) => state.about.deployment);
  const isRunning = deployment?.state === 'running' || deployment?.state === 'starting';
  return (
    <Menu
      label="Flow menu"
      placement="bottom end"
      trigger={<IconButton icon={<EllipsisVertical size={18} />} label="Flow menu" hasTooltip={false} />}
      groups={[
        {
          id: 'run',
          actions: [
            ...(canEdit
              ? [
                  {
                    id: 'note',
                    label: 'Deploy with a note…',
                    onAction: () => session.open({ kind: 'deploy' }),
                  },
                ]
              : []),
            ...(canRun
              ? [
                  {
                    id: 'stop',
                    label: isRunning ? 'Stop' : 'Start',
                    isDisabled: deployment === undefined,
                    onAction: () => void (isRunning ? actions.stop() : actions.start()),
                  },
                ]
              : []),
            { id: 'versions', label: 'Versions…', onAction: () => session.open({ kind: 'versions' }) },
          ],
        },
        {
          id: 'flow',
          actions: [
            {
              id: 'commands',
              label: 'All commands…',
              shortcut: 'Ctrl+K',
              onAction: () => session.open({ kind: 'commands' }),
            },
            {
              id: 'keys',
              label: 'Keyboard shortcuts',
              shortcut: '?',
              onAction: () => session.open({ kind: 'shortcuts' }),
            },
            { id: 'export', label: 'Export as JSON', onAction: () => exportFlow(document.getState().flow) },
          ],
        },
        ...(canEdit ? [deleting(session)] : []),
      ]}
    />
  );
}

function deleting(session: Session) {
  const onAction = () => session.open({ kind: 'delete' });
  return { id: 'end', actions: [{ id: 'delete', label: 'Delete flow…', isDanger: true, onAction }] };
}
