import type { Device } from '@sluice/shared/protocol/http.ts';
import { useQuery } from '@tanstack/react-query';
import { Cpu } from 'lucide-react';
import { useState } from 'react';
import { useEditor } from '../flow/EditorContext.tsx';
import { useNow } from '../state/clock.ts';
import { devicesQuery } from '../state/remoteQueries.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ErrorState } from '../ui/ErrorState.tsx';
import { SearchField } from '../ui/SearchField.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { formatAgo } from '../ui/formatTime.ts';
import { Value } from '../ui/Value.tsx';
import { type NodePreset, dragPreset } from './drag.ts';

const MOST_SHOWN = 200;

/** Devices as they report: a click or a drag makes an input for one of them. */
export default function DeviceList() {
  const devices = useQuery({ ...devicesQuery, refetchInterval: 5_000 });
  const [search, setSearch] = useState('');
  if (devices.isPending) {
    return (
      <div className="p-4">
        <Spinner label="Loading devices" size={16} />
      </div>
    );
  }
  if (devices.isError) {
    return (
      <ErrorState
        title="The devices could not be loaded"
        error={devices.error}
        onRetry={() => void devices.refetch()}
      />
    );
  }
  const found = devices.data.filter((device) => isFound(device, search.trim().toLowerCase()));
  if (devices.data.length === 0) {
    return (
      <EmptyState icon={<Cpu size={20} aria-hidden="true" />} title="No devices yet">
        A device is listed here as soon as it publishes to <code>devices/&lt;its id&gt;/telemetry</code>.
      </EmptyState>
    );
  }
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="shrink-0 p-3 pb-2">
        <SearchField label="Search devices" value={search} onChange={setSearch} />
      </div>
      <ul className="relative min-h-0 flex-1 overflow-auto px-2 pb-3" aria-label="Devices">
        {found.slice(0, MOST_SHOWN).map((device) => (
          <li key={device.id}>
            <DeviceItem device={device} />
          </li>
        ))}
        {found.length === 0 && <li className="px-2 py-2 text-ink-soft">No device is called that.</li>}
        {found.length > MOST_SHOWN && (
          <li className="px-2 py-2 text-small text-ink-soft">
            {found.length - MOST_SHOWN} more. Search to find them.
          </li>
        )}
      </ul>
    </div>
  );
}

function isFound(device: Device, search: string): boolean {
  return [device.id, device.name, device.model, ...device.tags].some((text) =>
    text.toLowerCase().includes(search),
  );
}

function DeviceItem({ device }: { readonly device: Device }) {
  const { actions } = useEditor();
  const preset: NodePreset = {
    type: 'device-input',
    name: device.name,
    config: { devices: { ids: [device.id] } },
  };
  const [first] = Object.entries(device.measurements);
  return (
    <button
      type="button"
      draggable
      onDragStart={(event) => dragPreset(event.dataTransfer, preset)}
      onClick={() =>
        actions.addNode(preset.type, {
          ...(preset.name === undefined ? {} : { name: preset.name }),
          ...(preset.config === undefined ? {} : { config: preset.config }),
        })
      }
      className="block w-full rounded-md px-2 py-1.5 text-left hover:bg-hover focus-visible:-outline-offset-2"
    >
      <span className="flex items-baseline justify-between gap-2">
        <span className="min-w-0 truncate">
          <span className="sr-only">Add an input for </span>
          {device.name}
        </span>
        {first !== undefined && (
          <span className="shrink-0 text-small text-ink-soft">
            {first[0]} <Value value={first[1].value} />
          </span>
        )}
      </span>
      <span className="flex justify-between gap-2 text-small text-ink-soft">
        <span className="min-w-0 truncate">{device.model === '' ? device.id : device.model}</span>
        <LastSeen at={device.lastSeen} />
      </span>
    </button>
  );
}

function LastSeen({ at }: { readonly at: number }) {
  return <span className="shrink-0">{formatAgo(at, useNow())}</span>;
}
