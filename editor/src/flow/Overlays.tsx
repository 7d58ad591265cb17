import { useNavigate } from 'react-router';
import { DeployDialog } from '../deploy/DeployDialog.tsx';
import { VersionsDialog } from '../deploy/VersionsDialog.tsx';
import { AddMenu } from '../palette/AddMenu.tsx';
import { KEYS, queries } from '../state/remoteQueries.ts';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { CommandMenu } from './CommandMenu.tsx';
import { ConnectPicker } from './ConnectPicker.tsx';
import { useDocument, useEditor, useSession } from './EditorContext.tsx';
import { FindNode } from './FindNode.tsx';
import { Shortcuts } from './Shortcuts.tsx';

/** What is in front of the editor; one thing at a time. */
export default function Overlays() {
  const overlay = useSession((state) => state.overlay);
  switch (overlay?.kind) {
    case undefined:
      return null;
    case 'add':
      return <AddMenu request={overlay.request} />;
    case 'connect':
      return <ConnectPicker node={overlay.node} />;
    case 'commands':
      return <CommandMenu />;
    case 'find':
      return <FindNode />;
    case 'shortcuts':
      return <Shortcuts />;
    case 'versions':
      return <VersionsDialog />;
    case 'deploy':
      return <DeployDialog />;
    case 'delete':
      return <DeleteDialog />;
  }
}

function DeleteDialog() {
  const { actions, session } = useEditor();
  const name = useDocument((state) => state.flow.name);
  const navigate = useNavigate();
  return (
    <ConfirmDialog
      title={`Delete “${name}”?`}
      isOpen
      isDanger
      action="Delete flow"
      onClose={session.closeOverlay}
      onConfirm={async () => {
        if (!(await actions.remove())) return;
        await queries.invalidateQueries({ queryKey: KEYS.flows });
        await navigate('/');
      }}
    >
      <p>It stops, and its draft and all its versions are deleted. This cannot be undone.</p>
    </ConfirmDialog>
  );
}
