import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { FieldError } from 'react-aria-components/FieldError';
import { Label } from 'react-aria-components/Label';
import { Text } from 'react-aria-components/Text';
import type { ControlSize } from './Button.tsx';
import { classes } from './classes.ts';

/** What every control of a form takes. */
export interface FieldTexts {
  readonly label: string;
  /** The label is for screen readers only. */
  readonly isLabelHidden?: boolean | undefined;
  /** One or two sentences below the control. */
  readonly description?: ReactNode;
  /** What is wrong, as a sentence; the control shows that it is not valid. */
  readonly error?: string | undefined;
  readonly size?: ControlSize | undefined;
}

export const FIELD_LOOK = 'flex min-w-0 flex-col gap-1';

const INPUT_SIZES: Record<ControlSize, string> = {
  small: 'min-h-7 px-2 text-editor',
  medium: 'min-h-8 px-2 text-editor',
  large: 'min-h-10 px-3 text-operator',
};

/** The look of the box around what is typed or chosen. */
export function inputLook(size: ControlSize): string {
  return classes(
    'w-full min-w-0 rounded-md border border-line-strong bg-surface text-ink transition-colors',
    'data-hovered:border-ink-faint data-focused:border-accent data-focused:outline-2 data-focused:-outline-offset-1 data-focused:outline-accent',
    'data-invalid:border-danger data-disabled:opacity-50 [&[readonly]]:bg-sunken',
    INPUT_SIZES[size],
  );
}

export function FieldLabel({ label, isLabelHidden = false, size = 'medium' }: FieldTexts) {
  return (
    <Label
      className={classes(
        isLabelHidden ? 'sr-only' : 'font-medium text-ink',
        size === 'large' ? 'text-operator' : 'text-editor',
      )}
    >
      {label}
    </Label>
  );
}

/** Description and error below a control; react-aria ties both to it. */
export function FieldNotes({ description, error }: FieldTexts) {
  return (
    <>
      {description !== undefined && (
        <Text slot="description" className="text-small text-ink-soft">
          {description}
        </Text>
      )}
      <FieldError className="flex gap-1 text-small text-danger">
        <TriangleAlert size={14} className="mt-px shrink-0" aria-hidden="true" />
        <span>{error}</span>
      </FieldError>
    </>
  );
}
