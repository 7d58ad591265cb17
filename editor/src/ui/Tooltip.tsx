import type { ReactElement } from 'react';
import { Tooltip as AriaTooltip, TooltipTrigger } from 'react-aria-components/Tooltip';
import { Kbd } from './Kbd.tsx';

export interface TooltipProps {
  readonly text: string;
  /** Keys that do the same, as `Ctrl+Z`. */
  readonly shortcut?: string | undefined;
  /** One thing that can have the focus: a button, or anything inside react-aria's `Focusable`. */
  readonly children: ReactElement;
}

/** A few words on hover and on focus. Nothing that people need may be in a tooltip only. */
export function Tooltip({ text, shortcut, children }: TooltipProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      {children}
      <AriaTooltip
        offset={6}
        className="appear flex max-w-72 items-center gap-2 rounded-sm bg-ink px-2 py-1 text-small text-ground shadow-raised"
      >
        {text}
        {shortcut !== undefined && <Kbd keys={shortcut} isInverse />}
      </AriaTooltip>
    </TooltipTrigger>
  );
}
