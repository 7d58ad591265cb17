import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useCallback, useRef, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { classes } from '../ui/classes.ts';
import type { FiguresHistory, FlowRow as Row, FlowSort } from './figuresHistory.ts';
import { FlowRow, ROW_PX } from './FlowRow.tsx';

export interface FlowTableProps {
  readonly rows: readonly Row[];
  readonly history: FiguresHistory;
  readonly sort: FlowSort;
  readonly onSort: (sort: FlowSort) => void;
  readonly onOpen: (flow: string) => void;
}

interface Column {
  readonly title: string;
  readonly sort: FlowSort;
  readonly look: string;
}

const COLUMNS: readonly Column[] = [
  { title: 'Flow', sort: 'name', look: 'w-[46%] sm:w-[34%] lg:w-[26%]' },
  { title: 'Processor', sort: 'cpu', look: 'text-right' },
  { title: 'Messages', sort: 'rate', look: 'text-right' },
  { title: 'Waiting', sort: 'waiting', look: 'hidden text-right sm:table-cell' },
  { title: 'Failed', sort: 'failed', look: 'hidden text-right md:table-cell' },
  { title: 'Memory', sort: 'memory', look: 'hidden text-right lg:table-cell' },
];

/** Flows as a table that draws only the rows in sight, so that a thousand are as quick as ten. */
export function FlowTable({ rows, history, sort, onSort, onOpen }: FlowTableProps) {
  const scroller = useRef<HTMLElement>(null);
  const [offset, setOffset] = useState(0);
  const place = useCallback((table: HTMLTableElement | null) => {
    scroller.current = table?.closest('main') ?? null;
    if (table !== null && scroller.current !== null) setOffset(offsetWithin(table, scroller.current));
  }, []);
  const virtual = useVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_PX,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => rows[index]?.flow ?? index,
    scrollMargin: offset,
    overscan: 12,
  });
  const shown = virtual.getVirtualItems();
  const before = (shown[0]?.start ?? offset) - offset;
  const after = virtual.getTotalSize() - ((shown.at(-1)?.end ?? offset) - offset);
  return (
    <div className="overflow-hidden rounded-md border border-line bg-surface shadow-card">
      <table
        ref={place}
        aria-label="Flows"
        aria-rowcount={rows.length + 1}
        className="w-full table-fixed border-collapse text-left"
      >
        <thead className="border-b border-line text-editor">
          <tr>
            {COLUMNS.map((column) => (
              <SortHead key={column.sort} column={column} isOn={column.sort === sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Spacer height={before} />
          {shown.map((item) => {
            const row = rows[item.index];
            return row === undefined ? null : (
              <FlowRow key={item.key} row={row} index={item.index} history={history} onOpen={onOpen} />
            );
          })}
          <Spacer height={after} />
        </tbody>
      </table>
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

interface SortHeadProps {
  readonly column: Column;
  readonly isOn: boolean;
  readonly onSort: (sort: FlowSort) => void;
}

function SortHead({ column: { title, sort, look }, isOn, onSort }: SortHeadProps) {
  const isName = sort === 'name';
  const Arrow = isName ? ArrowUp : ArrowDown;
  return (
    <th
      scope="col"
      aria-sort={isOn ? (isName ? 'ascending' : 'descending') : 'none'}
      className={classes('h-9 px-2 font-medium text-ink-soft sm:px-4', look)}
    >
      <Button
        onPress={() => onSort(sort)}
        className={classes('-mx-1 inline-flex h-7 items-center gap-1 rounded-sm px-1', isOn && 'text-ink')}
      >
        {title}
        {isOn && <Arrow size={14} aria-hidden="true" />}
      </Button>
    </th>
  );
}
