import { Download } from 'lucide-react';
import { Button } from '../ui/Button.tsx';
import { CopyText } from '../ui/CopyText.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { saveTextFile } from '../ui/saveFile.ts';

export interface RecoveryCodesProps {
  /** What is so from now on. */
  readonly lead: string;
  readonly codes: readonly string[];
  readonly onClose: () => void;
}

/** The codes for when the phone is gone. They are shown once, so only the button at the end closes this. */
export function RecoveryCodes({ lead, codes, onClose }: RecoveryCodesProps) {
  const text = codes.join('\n');
  return (
    <Dialog
      title="Keep your recovery codes"
      isOpen
      role="alertdialog"
      actions={
        <>
          <Button
            icon={<Download size={16} aria-hidden="true" />}
            onPress={() => saveTextFile('sluice-recovery-codes.txt', `${text}\n`)}
          >
            Save as a file
          </Button>
          <Button variant="primary" onPress={onClose}>
            I have kept them
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="text-ink-soft">
          {lead} When your phone is lost or broken, one of these lets you in in place of its code. Keep them
          where you keep passwords, not on the phone.
        </p>
        <CopyText
          label="Recovery codes"
          text={text}
          description="Each works once. They are shown this once."
        />
      </div>
    </Dialog>
  );
}
