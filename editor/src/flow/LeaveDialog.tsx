import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';

/** Asks before unsaved changes are left behind. */
export default function LeaveDialog({
  onStay,
  onLeave,
}: {
  readonly onStay: () => void;
  readonly onLeave: () => void;
}) {
  return (
    <Dialog
      title="Your last changes are not saved"
      isOpen
      onClose={onStay}
      role="alertdialog"
      actions={
        <>
          <Button variant="danger" onPress={onLeave}>
            Leave without them
          </Button>
          <Button variant="primary" onPress={onStay}>
            Stay
          </Button>
        </>
      }
    >
      <p className="text-ink-soft">
        They are only on this page. When you leave, they are lost. Stay until they are saved, or export the
        flow from the menu.
      </p>
    </Dialog>
  );
}
