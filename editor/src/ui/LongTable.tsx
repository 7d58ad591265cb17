import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { Fragment, type ReactNode, useCallback, useRef, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { classes } from './classes.ts';

/** How many rows above and below those in sight are drawn, so that none is missing while somebody scrolls. */
const ROWS_AROUND = 12;

export interface LongTableProps<Row> {
  readonly label?: string | undefined;
  /** The cells of its head. */
  readonly head: ReactNode;
  readonly rows: readonly Row[];
  /** Every row is as high as this, so that the table knows where each one is without measuring. */
  readonly rowPx: number;
  readonly keyOf: (row: Row) => string;
  readonly renderRow: (row: Row, index: number) => ReactNode;
  /** Stands below the head while there are no rows. */
  readonly empty?: ReactNode;
}

/** A table that draws only the rows in sight of the `main` around it, so that ten thousand are as quick as ten. */
export function LongTable<Row>({ label, head, rows, rowPx, keyOf, renderRow, empty }: LongTableProps<Row>) {
  const scroller = useRef<HTMLElement>(null);
  const [offset, setOffset] = useState(0);
  const place = useCallback((table: HTMLTableElement | null) => {
    scroller.current = table?.closest('main') ?? null;
    if (table !== null && scroller.current !== null) setOffset(offsetWithin(table, scroller.current));
  }, []);
  const virtual = useVirtualizer({
    count: rows.length,
    estimateSize: () => rowPx,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : keyOf(row);
    },
    scrollMargin: offset,
    overscan: ROWS_AROUND,
  });
  const shown = virtual.getVirtualItems();
  const above = (shown[0]?.start ?? offset) - offset;
  const below = virtual.getTotalSize() - ((shown.at(-1)?.end ?? offset) - offset);
  return (
    <div className="overflow-hidden rounded-md border border-line bg-surface shadow-card">
      <table
        ref={place}
        aria-label={label}
        aria-rowcount={rows.length + 1}
        className="w-full table-fixed border-collapse text-left"
      >
        <thead className="border-b border-line text-editor">
          <tr>{head}</tr>
        </thead>
        <tbody>
          <Spacer height={above} />
          {shown.map(({ key, index }) => {
            const row = rows[index];
            return row === undefined ? null : <Fragment key={key}>{renderRow(row, index)}</Fragment>;
          })}
          <Spacer height={below} />
        </tbody>
      </table>
      {rows.length === 0 && empty}
    </div>
  );
}

/** How far down in what scrolls the table begins, in px. */
function offsetWithin(table: HTMLElement, scroller: HTMLElement): number {
  return table.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
}

function Spacer({ height }: { readonly height: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden="true">
      <td style={{ height }} />
    </tr>
  );
}

export interface HeadProps {
  readonly children: ReactNode;
  /** Width, padding, and from which width of the screen on it is shown. */
  readonly className: string;
}

/** The head of a column that nobody sorts by. */
export function Head({ children, className }: HeadProps) {
  return (
    <th scope="col" className={classes('h-9 font-medium text-ink-soft', className)}>
      {children}
    </th>
  );
}

export interface SortHeadProps extends HeadProps {
  /** Which way the rows go when they are sorted by this column. */
  readonly order: 'ascending' | 'descending';
  /** Whether they are. */
  readonly isOn: boolean;
  readonly onSort: () => void;
}

/** The head of a column that the rows can be sorted by. */
export function SortHead({ children, className, order, isOn, onSort }: SortHeadProps) {
  const Arrow = order === 'ascending' ? ArrowUp : ArrowDown;
  return (
    <th
      scope="col"
      aria-sort={isOn ? order : 'none'}
      className={classes('h-9 font-medium text-ink-soft', className)}
    >
      <Button
        onPress={onSort}
        className={classes('-mx-1 inline-flex h-7 items-center gap-1 rounded-sm px-1', isOn && 'text-ink')}
      >
        {children}
        {isOn && <Arrow size={14} aria-hidden="true" />}
      </Button>
    </th>
  );
}
