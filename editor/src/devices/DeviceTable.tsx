import type { Device } from '@sluice/shared/protocol/http.ts';
import { Head, LongTable, SortHead } from '../ui/LongTable.tsx';
import { classes } from '../ui/classes.ts';
import { DeviceRow, ROW_PX } from './DeviceRow.tsx';
import type { DeviceSort } from './deviceList.ts';

export interface DeviceTableProps {
  readonly devices: readonly Device[];
  readonly sort: DeviceSort;
  readonly onSort: (sort: DeviceSort) => void;
  readonly onOpen: (id: string) => void;
}

const PADDING = 'px-3 sm:px-4';

/** Devices with what they said last. */
export function DeviceTable({ devices, sort, onSort, onOpen }: DeviceTableProps) {
  const sorting = { sort, onSort };
  return (
    <LongTable
      head={
        <>
          <DeviceSortHead title="Device" of="name" look="w-[52%] sm:w-[26%]" {...sorting} />
          <Head className={classes(PADDING, 'hidden w-[18%] lg:table-cell')}>Model and tags</Head>
          <Head className={PADDING}>Last values</Head>
          <DeviceSortHead title="Rate" of="rate" look="hidden w-28 md:table-cell" {...sorting} />
          <DeviceSortHead title="Last seen" of="seen" look="hidden w-36 sm:table-cell" {...sorting} />
        </>
      }
      rows={devices}
      rowPx={ROW_PX}
      keyOf={({ id }) => id}
      renderRow={(device, index) => <DeviceRow device={device} index={index} onOpen={onOpen} />}
      empty={
        <p className="px-4 py-8 text-center text-ink-soft">No device fits. Change the search or show all.</p>
      }
    />
  );
}

interface DeviceSortHeadProps extends Pick<DeviceTableProps, 'sort' | 'onSort'> {
  readonly title: string;
  readonly of: DeviceSort;
  readonly look: string;
}

function DeviceSortHead({ title, of, look, sort, onSort }: DeviceSortHeadProps) {
  return (
    <SortHead
      className={classes(PADDING, look)}
      order={of === 'name' ? 'ascending' : 'descending'}
      isOn={of === sort}
      onSort={() => onSort(of)}
    >
      {title}
    </SortHead>
  );
}
