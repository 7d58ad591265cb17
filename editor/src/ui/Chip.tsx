import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import { classes } from './classes.ts';

export interface ChipProps {
  readonly children: ReactNode;
  readonly icon?: ReactNode;
  /** Shows a cross that does this. */
  readonly onRemove?: (() => void) | undefined;
  /** What is removed, for screen readers: `Remove tag cold`. */
  readonly removeLabel?: string | undefined;
  readonly onPress?: (() => void) | undefined;
  readonly isOn?: boolean | undefined;
}

const LOOK =
  'inline-flex h-6 max-w-full items-center gap-1 rounded-full border px-2 text-small whitespace-nowrap';

/** A tag, a filter or a value that stands in for something. */
export function Chip({ children, icon, onRemove, removeLabel, onPress, isOn = false }: ChipProps) {
  const look = classes(
    LOOK,
    isOn ? 'border-accent bg-accent-soft text-accent-text' : 'border-line bg-sunken text-ink-soft',
  );
  if (onPress !== undefined) {
    return (
      <Button onPress={onPress} aria-pressed={isOn} className={classes(look, 'data-hovered:text-ink')}>
        {icon}
        <span className="truncate">{children}</span>
      </Button>
    );
  }
  return (
    <span className={look}>
      {icon}
      <span className="truncate">{children}</span>
      {onRemove !== undefined && (
        <Button
          onPress={onRemove}
          aria-label={removeLabel ?? 'Remove'}
          className="-mr-2 flex size-6 items-center justify-center rounded-full data-hovered:bg-hover data-hovered:text-ink"
        >
          <X size={12} aria-hidden="true" />
        </Button>
      )}
    </span>
  );
}
