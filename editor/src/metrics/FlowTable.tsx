import { LongTable, SortHead } from '../ui/LongTable.tsx';
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

/** Flows with what they do and take. */
export function FlowTable({ rows, history, sort, onSort, onOpen }: FlowTableProps) {
  return (
    <LongTable
      label="Flows"
      head={COLUMNS.map((column) => (
        <SortHead
          key={column.sort}
          className={classes('px-2 sm:px-4', column.look)}
          order={column.sort === 'name' ? 'ascending' : 'descending'}
          isOn={column.sort === sort}
          onSort={() => onSort(column.sort)}
        >
          {column.title}
        </SortHead>
      ))}
      rows={rows}
      rowPx={ROW_PX}
      keyOf={({ flow }) => flow}
      renderRow={(row, index) => <FlowRow row={row} index={index} history={history} onOpen={onOpen} />}
    />
  );
}
