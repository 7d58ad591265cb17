import { Copy, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../Button.tsx';
import { ConfirmDialog, Dialog } from '../Dialog.tsx';
import { Menu } from '../Menu.tsx';
import { Section } from '../Page.tsx';
import { Popover } from '../Popover.tsx';
import { TextField } from '../TextField.tsx';
import { toastDone, toastFailed } from '../toasts.ts';
import { Tooltip } from '../Tooltip.tsx';
import { Example } from './Example.tsx';

/** What comes up in front of the page. */
export function Overlays() {
  return (
    <Section title="In front of the page">
      <Example title="Menu, Popover, Tooltip">
        <Menu
          label="Actions"
          trigger={<Button>Menu</Button>}
          groups={[
            {
              id: 'edit',
              title: 'Node',
              actions: [
                {
                  id: 'copy',
                  label: 'Copy',
                  icon: <Copy size={16} />,
                  shortcut: 'Ctrl+C',
                  onAction: () => toastDone('Copied'),
                },
                { id: 'paste', label: 'Paste', isDisabled: true, onAction: () => {} },
              ],
            },
            {
              id: 'remove',
              actions: [
                {
                  id: 'delete',
                  label: 'Delete',
                  icon: <Trash2 size={16} />,
                  isDanger: true,
                  onAction: () => toastDone('Deleted'),
                },
              ],
            },
          ]}
        />
        <Popover label="Last five values" trigger={<Button>Popover</Button>}>
          <p>−18.4 · −18.3 · −18.5 · −18.4 · −18.2</p>
        </Popover>
        <Tooltip text="Undo “Move Threshold”" shortcut="Ctrl+Z">
          <Button>Tooltip</Button>
        </Tooltip>
      </Example>
      <Example title="Dialog">
        <Dialogs />
      </Example>
      <Example title="Toast">
        <Button onPress={() => toastDone('“Freezer too warm” runs', { detail: 'Version 12, on 4 devices.' })}>
          Done
        </Button>
        <Button
          onPress={() => toastFailed('“Freezer too warm” did not start', { detail: 'The broker is away.' })}
        >
          Failed
        </Button>
        <Button
          onPress={() =>
            toastDone('Node deleted', { action: { label: 'Undo', onPress: () => toastDone('Back') } })
          }
        >
          With an action
        </Button>
      </Example>
    </Section>
  );
}

type Open = 'centre' | 'side' | 'confirm' | 'none';

function Dialogs() {
  const [open, setOpen] = useState<Open>('none');
  const close = () => setOpen('none');
  const isPanel = open === 'centre' || open === 'side';
  return (
    <>
      <Button onPress={() => setOpen('centre')}>Centre</Button>
      <Button onPress={() => setOpen('side')}>Side</Button>
      <Button onPress={() => setOpen('confirm')}>Confirm</Button>
      <Dialog
        title="Freezer 1"
        place={open === 'side' ? 'side' : 'centre'}
        isOpen={isPanel}
        onClose={close}
        actions={
          <Button variant="primary" onPress={close}>
            Save
          </Button>
        }
      >
        <TextField label="Name" defaultValue="Freezer 1, fish" />
      </Dialog>
      <ConfirmDialog
        title="Delete “Freezer too warm”?"
        action="Delete flow"
        isDanger
        isOpen={open === 'confirm'}
        onClose={close}
        onConfirm={() =>
          Promise.reject(new Error('The flow is in use by another one. Change that one first.'))
        }
      >
        Its draft and its versions are deleted. In this gallery it always fails, to show how that looks.
      </ConfirmDialog>
    </>
  );
}
