import { ChevronRight } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { classes } from '../ui/classes.ts';

export interface UnfoldingProps {
  /** On the line that is always seen; a press on it opens and closes. */
  readonly line: ReactNode;
  /** Beside the line. */
  readonly actions: ReactNode;
  /** How the line is laid out with its actions, and in itself. */
  readonly look: 'one-line' | 'many-lines';
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  /** Below it, drawn while it is open. */
  readonly children: ReactNode;
}

interface Look {
  readonly around: string;
  readonly line: string;
  readonly chevron: { readonly size: number; readonly className: string };
}

const LOOKS: Record<UnfoldingProps['look'], Look> = {
  'one-line': {
    around: 'items-center gap-2 py-1',
    line: 'min-h-7 items-center gap-2 px-1',
    chevron: { size: 14, className: '' },
  },
  'many-lines': {
    around: 'flex-wrap items-start gap-x-3 gap-y-1 py-1.5',
    line: 'basis-64 items-start gap-1.5 py-0.5',
    chevron: { size: 16, className: 'mt-0.5' },
  },
};

/** A line that opens to what is behind it. */
export function Unfolding({ line, actions, look, isOpen, onToggle, children }: UnfoldingProps) {
  const content = useId();
  const { around, line: lineLook, chevron } = LOOKS[look];
  return (
    <>
      <div className={classes('flex pr-3 pl-2', around)}>
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={content}
          onClick={onToggle}
          className={classes(
            'flex min-w-0 flex-1 rounded-sm text-left hover:bg-hover focus-visible:-outline-offset-2',
            lineLook,
          )}
        >
          <ChevronRight
            size={chevron.size}
            aria-hidden="true"
            className={classes(
              'shrink-0 text-ink-soft transition-transform',
              chevron.className,
              isOpen && 'rotate-90',
            )}
          />
          {line}
        </button>
        {actions}
      </div>
      <div id={content}>{isOpen && children}</div>
    </>
  );
}
