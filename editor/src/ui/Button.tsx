import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components/Button';
import { classes } from './classes.ts';
import { Spinner } from './Spinner.tsx';

export type ButtonVariant = 'primary' | 'secondary' | 'quiet' | 'danger';
/** Heights of 28, 32 and 40 px; `large` is for operators' screens and phones. */
export type ControlSize = 'small' | 'medium' | 'large';

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'style' | 'children' | 'render'> {
  readonly children: ReactNode;
  readonly variant?: ButtonVariant | undefined;
  readonly size?: ControlSize | undefined;
  /** Shown before the text; 16 px. */
  readonly icon?: ReactNode;
  /** Takes the whole width. */
  readonly isWide?: boolean | undefined;
}

const VARIANTS: Record<ButtonVariant, string> = {
  primary: 'bg-accent text-accent-ink hover:bg-accent-hover',
  secondary: 'border border-line-strong bg-surface text-ink hover:bg-hover data-pressed:bg-press',
  quiet: 'text-ink hover:bg-hover data-pressed:bg-press',
  danger: 'bg-danger text-danger-ink hover:opacity-90',
};

const SIZES: Record<ControlSize, string> = {
  small: 'h-7 px-2 text-editor gap-1.5',
  medium: 'h-8 px-3 text-editor gap-2',
  large: 'h-10 px-4 text-operator gap-2',
};

export function buttonLook(variant: ButtonVariant, size: ControlSize, isWide: boolean): string {
  return classes(
    'inline-flex shrink-0 items-center justify-center rounded-md font-medium whitespace-nowrap select-none transition-colors',
    'data-disabled:opacity-50 aria-disabled:opacity-80',
    VARIANTS[variant],
    SIZES[size],
    isWide && 'w-full',
  );
}

/**
 * A button with words. For one with an icon only, take `IconButton`. While `isPending` it shows a spinner and ignores
 * presses, and keeps the focus. (react-aria's own pending state leaves an announcement behind that points to a button
 * which may be gone by then.)
 */
export function Button({
  children,
  variant = 'secondary',
  size = 'medium',
  icon,
  isWide = false,
  isPending = false,
  ...rest
}: ButtonProps) {
  const look = buttonLook(variant, size, isWide);
  if (isPending) {
    const { onPress: _onPress, type: _type, ...still } = rest;
    return (
      <AriaButton {...still} type="button" aria-disabled="true" className={look}>
        <Spinner label="Working" size={16} />
        {children}
      </AriaButton>
    );
  }
  return (
    <AriaButton {...rest} className={look}>
      {icon}
      {children}
    </AriaButton>
  );
}
