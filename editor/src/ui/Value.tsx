import { classes } from './classes.ts';
import { formatPlain, type PlainValue } from './formatValue.ts';

export interface ValueProps {
  readonly value: PlainValue;
  /** As `°C`. */
  readonly unit?: string | undefined;
  readonly isStrong?: boolean | undefined;
}

/** A measured value with its unit, in figures of one width. A text that is long is cut, and whole on hover. */
export function Value({ value, unit, isStrong = false }: ValueProps) {
  const text = formatPlain(value);
  return (
    <span className="inline-flex max-w-full items-baseline gap-1 whitespace-nowrap tabular-nums" title={text}>
      <span className={classes('truncate', isStrong && 'font-medium')}>{text}</span>
      {unit !== undefined && unit !== '' && <span className="text-ink-soft">{unit}</span>}
    </span>
  );
}
