import type { Device } from '@sluice/shared/protocol/http.ts';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type ReactNode, useCallback, useRef, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { classes } from '../ui/classes.ts';
import { DeviceRow, ROW_PX } from './DeviceRow.tsx';
import type { DeviceSort } from './deviceList.ts';

export interface DeviceTableProps {
  readonly devices: readonly Device[];
  readonly sort: DeviceSort;
  readonly onSort: (sort: DeviceSort) => void;
  readonly onOpen: (id: string) => void;
}

/** Devices as a table that draws only the rows in sight, so that ten thousand are as quick as ten. */
export function DeviceTable({ devices, sort, onSort, onOpen }: DeviceTableProps) {
  const scroller = useRef<HTMLElement>(null);
  const [offset, setOffset] = useState(0);
  const place = useCallback((table: HTMLTableElement | null) => {
    scroller.current = table?.closest('main') ?? null;
    if (table !== null && scroller.current !== null) setOffset(offsetWithin(table, scroller.current));
  }, []);
  const rows = useVirtualizer({
    count: devices.length,
    estimateSize: () => ROW_PX,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => devices[index]?.id ?? index,
    scrollMargin: offset,
    overscan: 12,
  });
  const shown = rows.getVirtualItems();
  const before = (shown[0]?.start ?? offset) - offset;
  const after = rows.getTotalSize() - ((shown.at(-1)?.end ?? offset) - offset);
  return (
    <div className="overflow-hidden rounded-md border border-line bg-surface shadow-card">
      <table
        ref={place}
        aria-rowcount={devices.length + 1}
        className="w-full table-fixed border-collapse text-left"
      >
        <thead className="border-b border-line text-editor">
          <tr>
            <SortHead title="Device" of="name" sort={sort} onSort={onSort} className="w-[52%] sm:w-[26%]" />
            <Head className="hidden w-[18%] lg:table-cell">Model and tags</Head>
            <Head>Last values</Head>
            <SortHead
              title="Rate"
              of="rate"
              sort={sort}
              onSort={onSort}
              className="hidden w-28 md:table-cell"
            />
            <SortHead
              title="Last seen"
              of="seen"
              sort={sort}
              onSort={onSort}
              className="hidden w-36 sm:table-cell"
            />
          </tr>
        </thead>
        <tbody>
          <Spacer height={before} />
          {shown.map((row) => {
            const device = devices[row.index];
            return device === undefined ? null : (
              <DeviceRow key={row.key} device={device} index={row.index} onOpen={onOpen} />
            );
          })}
          <Spacer height={after} />
        </tbody>
      </table>
      {devices.length === 0 && (
        <p className="px-4 py-8 text-center text-ink-soft">No device fits. Change the search or show all.</p>
      )}
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

function Head({ children, className }: { readonly children: ReactNode; readonly className?: string }) {
  return (
    <th scope="col" className={classes('h-9 px-3 font-medium text-ink-soft sm:px-4', className)}>
      {children}
    </th>
  );
}

interface SortHeadProps {
  readonly title: string;
  readonly of: DeviceSort;
  readonly sort: DeviceSort;
  readonly onSort: (sort: DeviceSort) => void;
  readonly className: string;
}

function SortHead({ title, of, sort, onSort, className }: SortHeadProps) {
  const isOn = of === sort;
  const Arrow = of === 'name' ? ArrowUp : ArrowDown;
  return (
    <th
      scope="col"
      aria-sort={isOn ? (of === 'name' ? 'ascending' : 'descending') : 'none'}
      className={classes('h-9 px-3 font-medium text-ink-soft sm:px-4', className)}
    >
      <Button
        onPress={() => onSort(of)}
        className={classes('-mx-1 inline-flex h-7 items-center gap-1 rounded-sm px-1', isOn && 'text-ink')}
      >
        {title}
        {isOn && <Arrow size={14} aria-hidden="true" />}
      </Button>
    </th>
  );
}
