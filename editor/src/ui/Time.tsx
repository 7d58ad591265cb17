import { Focusable } from 'react-aria-components/Focusable';
import { useNow } from '../state/clock.ts';
import { formatAgo, formatExact } from './formatTime.ts';
import { Tooltip } from './Tooltip.tsx';

export interface TimeProps {
  /** Ms since the epoch. */
  readonly at: number;
}

/** `3 min ago`, kept up to date, with the exact time on hover and on focus. */
export function Time({ at }: TimeProps) {
  const now = useNow();
  const exact = formatExact(at);
  return (
    <Tooltip text={exact}>
      <Focusable>
        <time
          dateTime={new Date(at).toISOString()}
          role="note"
          aria-label={`${formatAgo(at, now)}, ${exact}`}
          className="rounded-sm whitespace-nowrap tabular-nums"
        >
          {formatAgo(at, now)}
        </time>
      </Focusable>
    </Tooltip>
  );
}
