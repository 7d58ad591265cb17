import type { Device } from '@sluice/shared/protocol/http.ts';
import { memo } from 'react';
import { Button } from 'react-aria-components/Button';
import { useNow } from '../state/clock.ts';
import { formatRate } from '../ui/formatValue.ts';
import { StatusDot } from '../ui/StatusDot.tsx';
import { Time } from '../ui/Time.tsx';
import { Value } from '../ui/Value.tsx';
import { presenceOf } from './silence.ts';

/** Every row is as high as this, so that the table knows where each one is without measuring. */
export const ROW_PX = 64;
const VALUES_SHOWN = 3;

export interface DeviceRowProps {
  readonly device: Device;
  readonly index: number;
  readonly onOpen: (id: string) => void;
}

/** One device; drawn again only when something of it changed. */
export const DeviceRow = memo(function DeviceRow({ device, index, onOpen }: DeviceRowProps) {
  return (
    <tr
      aria-rowindex={index + 2}
      style={{ height: ROW_PX }}
      className="border-b border-line last:border-b-0 hover:bg-hover"
      onClick={() => onOpen(device.id)}
    >
      <td className="px-3 sm:px-4">
        <Button
          onPress={() => onOpen(device.id)}
          className="block max-w-full truncate rounded-sm text-left font-medium"
        >
          {device.name}
        </Button>
        <span className="hidden truncate text-editor text-ink-soft sm:block">{device.id}</span>
        <span className="flex text-editor sm:hidden">
          <Seen device={device} />
        </span>
      </td>
      <td className="hidden px-4 text-editor lg:table-cell">
        <span className="block truncate">{device.model === '' ? 'no model' : device.model}</span>
        <span className="block truncate text-ink-soft">{device.tags.join(', ')}</span>
      </td>
      <td className="px-3 sm:px-4">
        <LastValues device={device} />
      </td>
      <td className="hidden px-4 text-editor whitespace-nowrap tabular-nums md:table-cell">
        {formatRate(device.rate)}
      </td>
      <td className="hidden px-4 text-editor sm:table-cell">
        <Seen device={device} />
      </td>
    </tr>
  );
});

function LastValues({ device }: { readonly device: Device }) {
  const values = Object.entries(device.measurements);
  return (
    <span className="flex max-h-12 flex-wrap gap-x-4 overflow-hidden text-editor">
      {values.slice(0, VALUES_SHOWN).map(([name, { value }]) => (
        <span
          key={name}
          className="inline-flex max-w-full items-baseline gap-1.5 max-sm:w-full max-sm:justify-between max-sm:nth-[n+3]:hidden"
        >
          <span className="truncate text-ink-soft">{name}</span>
          <Value value={value} isStrong />
        </span>
      ))}
      {values.length > VALUES_SHOWN && (
        <span className="text-ink-soft max-sm:hidden">and {values.length - VALUES_SHOWN} more</span>
      )}
    </span>
  );
}

function Seen({ device }: { readonly device: Device }) {
  const { status, word } = presenceOf(device, useNow());
  return (
    <span className="flex min-w-0 items-baseline gap-x-2 sm:flex-col">
      <StatusDot status={status} word={word} />
      <span className="text-ink-soft">
        <Time at={device.lastSeen} />
      </span>
    </span>
  );
}
