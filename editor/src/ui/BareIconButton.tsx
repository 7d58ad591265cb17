import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components/Button';
import type { ControlSize } from './Button.tsx';
import { classes } from './classes.ts';

export interface BareIconButtonProps
  extends Omit<AriaButtonProps, 'className' | 'style' | 'children' | 'aria-label' | 'render'> {
  readonly icon: ReactNode;
  /** What it does: its name for a screen reader. */
  readonly label: string;
  readonly size?: ControlSize | undefined;
  /** Kept in its pressed look, for a tool that is on. */
  readonly isOn?: boolean | undefined;
}

const SIZES: Record<ControlSize, string> = { small: 'size-7', medium: 'size-8', large: 'size-10' };

/** The place and the look that all buttons with an icon have. */
export function iconButtonLook(size: ControlSize): string {
  return classes(
    'inline-flex shrink-0 items-center justify-center rounded-md text-ink-soft transition-colors',
    SIZES[size],
  );
}

/** A square button with an icon and a name. Take `IconButton`, which shows the name, where nothing else does. */
export function BareIconButton({ icon, label, size = 'medium', isOn = false, ...rest }: BareIconButtonProps) {
  return (
    <AriaButton
      {...rest}
      aria-label={label}
      className={classes(
        iconButtonLook(size),
        'data-hovered:bg-hover data-hovered:text-ink data-pressed:bg-press data-disabled:opacity-40',
        isOn && 'bg-selected text-accent-text',
      )}
    >
      {icon}
    </AriaButton>
  );
}
