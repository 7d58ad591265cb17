import { X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Dialog as AriaDialog } from 'react-aria-components/Dialog';
import { Heading } from 'react-aria-components/Heading';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { sentenceOf } from '../state/remoteError.ts';
import { Button } from './Button.tsx';
import { classes } from './classes.ts';
import { IconButton } from './IconButton.tsx';

export interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  /** Left out where people have to answer: no cross, and Escape does nothing. */
  readonly onClose?: (() => void) | undefined;
  readonly children: ReactNode;
  /** Buttons at the foot, the main one last. */
  readonly actions?: ReactNode;
  /** `side` slides a panel in from the right: for forms beside a list. */
  readonly place?: 'centre' | 'side' | undefined;
  readonly width?: 'narrow' | 'wide' | undefined;
  /** `alertdialog` for a question that has to be answered. */
  readonly role?: 'dialog' | 'alertdialog' | undefined;
}

/** A panel in front of the page, which waits behind it. Escape closes it. */
export function Dialog(props: DialogProps) {
  const { title, isOpen, onClose, children, actions, place = 'centre', width = 'narrow' } = props;
  const isSide = place === 'side';
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose?.();
      }}
      isDismissable={props.role !== 'alertdialog'}
      isKeyboardDismissDisabled={onClose === undefined}
      className={classes(
        'fixed inset-0 z-50 flex bg-scrim',
        isSide ? 'justify-end' : 'items-end justify-center p-4 sm:items-center',
      )}
    >
      <Modal
        className={classes(
          'appear flex w-full flex-col bg-raised text-ink shadow-raised outline-none',
          isSide ? 'h-full max-w-md border-l border-line' : 'max-h-full rounded-md border border-line',
          !isSide && (width === 'wide' ? 'max-w-3xl' : 'max-w-md'),
        )}
      >
        <AriaDialog role={props.role ?? 'dialog'} className="flex min-h-0 flex-1 flex-col outline-none">
          <header className="flex shrink-0 items-center justify-between gap-4 py-3 pr-3 pl-5">
            <Heading slot="title" className="text-title font-semibold">
              {title}
            </Heading>
            {onClose !== undefined && (
              <IconButton icon={<X size={16} />} label="Close" hasTooltip={false} onPress={onClose} />
            )}
          </header>
          <div className="min-h-0 flex-1 overflow-auto px-5 pb-5">{children}</div>
          {actions !== undefined && (
            <footer className="flex shrink-0 flex-wrap justify-end gap-2 border-t border-line px-5 py-3">
              {actions}
            </footer>
          )}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

export interface ConfirmDialogProps {
  /** A question: `Delete “Freezer too warm”?` */
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** What happens, and whether it can be taken back. */
  readonly children: ReactNode;
  /** What the button does, as a verb: `Delete flow`. */
  readonly action: string;
  readonly isDanger?: boolean | undefined;
  /** The dialog closes when this is done, and shows the sentence of an error when it fails. */
  readonly onConfirm: () => Promise<unknown>;
}

/** Asks before something that cannot be undone. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const [isWorking, setIsWorking] = useState(false);
  const [problem, setProblem] = useState<string>();
  async function confirm() {
    setIsWorking(true);
    setProblem(undefined);
    try {
      await props.onConfirm();
      props.onClose();
    } catch (error) {
      setProblem(sentenceOf(error));
    } finally {
      setIsWorking(false);
    }
  }
  return (
    <Dialog
      title={props.title}
      isOpen={props.isOpen}
      onClose={props.onClose}
      role="alertdialog"
      actions={
        <>
          <Button onPress={props.onClose}>Cancel</Button>
          <Button
            variant={props.isDanger === true ? 'danger' : 'primary'}
            isPending={isWorking}
            onPress={() => void confirm()}
          >
            {props.action}
          </Button>
        </>
      }
    >
      <div className="text-ink-soft">{props.children}</div>
      {problem !== undefined && (
        <p role="alert" className="mt-3 text-danger">
          {problem}
        </p>
      )}
    </Dialog>
  );
}
