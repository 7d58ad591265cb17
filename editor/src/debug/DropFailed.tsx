import { ConfirmDialog } from '../ui/Dialog.tsx';
import { counted } from '../ui/formatValue.ts';

export interface DropFailedProps {
  readonly count: number;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onConfirm: () => Promise<void>;
}

/** Asks before failed messages are dropped, with their number. */
export function DropFailed({ count, isOpen, onClose, onConfirm }: DropFailedProps) {
  return (
    <ConfirmDialog
      title={`Drop ${counted(count, 'failed message')}?`}
      action={`Drop ${counted(count, 'message')}`}
      isDanger
      isOpen={isOpen}
      onClose={onClose}
      onConfirm={onConfirm}
    >
      {count === 1 ? 'It is' : 'They are'} deleted for good and cannot be replayed any more. Export first what
      somebody may still need.
    </ConfirmDialog>
  );
}
