import { type ReactNode, useId } from 'react';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { FormProblem } from './FormProblem.tsx';

export interface FormDialogProps {
  readonly title: string;
  /** What it is about, above the fields. */
  readonly lead?: ReactNode;
  /** What the button does, as a verb. */
  readonly action: string;
  readonly isDanger?: boolean;
  /** What was typed or shown would be lost by a click beside it. */
  readonly isKept?: boolean;
  readonly isPending: boolean;
  /** What is wrong with the whole form. */
  readonly problem: string | undefined;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A few fields in front of the page, sent by the button or by Enter. */
export function FormDialog(props: FormDialogProps) {
  const form = useId();
  return (
    <Dialog
      title={props.title}
      isOpen
      role={props.isKept === true ? 'alertdialog' : 'dialog'}
      onClose={props.onClose}
      actions={
        <>
          <Button onPress={props.onClose}>Cancel</Button>
          <Button
            type="submit"
            form={form}
            variant={props.isDanger === true ? 'danger' : 'primary'}
            isPending={props.isPending}
          >
            {props.action}
          </Button>
        </>
      }
    >
      <form
        id={form}
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          props.onSubmit();
        }}
      >
        {props.lead !== undefined && <p className="text-ink-soft">{props.lead}</p>}
        {props.children}
        <FormProblem sentence={props.problem} />
      </form>
    </Dialog>
  );
}
