import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components/Button';
import type { ControlSize } from './Button.tsx';
import { classes } from './classes.ts';
import { Tooltip } from './Tooltip.tsx';

export interface IconButtonProps
  extends Omit<AriaButtonProps, 'className' | 'style' | 'children' | 'aria-label' | 'render'> {
  readonly icon: ReactNode;
  /** What it does: its name for a screen reader, and its tooltip. */
  readonly label: string;
  /** Shown in the tooltip, as `Ctrl+Z`. */
  readonly shortcut?: string | undefined;
  readonly size?: ControlSize | undefined;
  /** Kept in its pressed look, for a tool that is on. */
  readonly isOn?: boolean | undefined;
  /** No tooltip where the button opens something at the same place. */
  readonly hasTooltip?: boolean | undefined;
}

const SIZES: Record<ControlSize, string> = { small: 'size-7', medium: 'size-8', large: 'size-10' };

/** A square button with an icon, a name and a tooltip. */
export function IconButton({
  icon,
  label,
  shortcut,
  size = 'medium',
  isOn = false,
  hasTooltip = true,
  ...rest
}: IconButtonProps) {
  const button = (
    <AriaButton
      {...rest}
      aria-label={label}
      className={classes(
        'inline-flex shrink-0 items-center justify-center rounded-md text-ink-soft transition-colors',
        'data-hovered:bg-hover data-hovered:text-ink data-pressed:bg-press data-disabled:opacity-40',
        isOn && 'bg-selected text-accent-text',
        SIZES[size],
      )}
    >
      {icon}
    </AriaButton>
  );
  if (!hasTooltip) return button;
  return (
    <Tooltip text={label} shortcut={shortcut}>
      {button}
    </Tooltip>
  );
}
