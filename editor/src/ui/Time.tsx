import { useNow } from '../state/clock.ts';
import { formatAgo, formatExact } from './formatTime.ts';

export interface TimeProps {
  /** Ms since the epoch. */
  readonly at: number;
}

/**
 * `3 min ago`, kept up to date, with the exact time on hover. It takes no focus: a list of a hundred would be a hundred
 * stops on the way of the Tab key.
 */
export function Time({ at }: TimeProps) {
  const now = useNow();
  return (
    <time
      dateTime={new Date(at).toISOString()}
      title={formatExact(at)}
      className="whitespace-nowrap tabular-nums"
    >
      {formatAgo(at, now)}
    </time>
  );
}
