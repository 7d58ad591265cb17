import type { Device } from '@sluice/shared/protocol/http.ts';
import { RadioTower } from 'lucide-react';
import { useState } from 'react';
import { usePageTitle } from '../routes/usePageTitle.ts';
import { useNow } from '../state/clock.ts';
import { Chip } from '../ui/Chip.tsx';
import { counted } from '../ui/formatValue.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ErrorState } from '../ui/ErrorState.tsx';
import { Page, PageTitle } from '../ui/Page.tsx';
import { SearchField } from '../ui/SearchField.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { AddDevice } from './AddDevice.tsx';
import { DevicePanel } from './DevicePanel.tsx';
import { DeviceTable } from './DeviceTable.tsx';
import { type DeviceQuestion, type DeviceShow, listDevices } from './deviceList.ts';
import { isSilent } from './silence.ts';
import { useLiveDevices } from './useLiveDevices.ts';

/** `/devices`: everything that ever sent something, with what it said last. */
export default function DevicesScreen() {
  usePageTitle('Devices');
  const devices = useLiveDevices();
  return (
    <Page>
      {devices.isPending && <Spinner label="Loading the devices" />}
      {devices.isError && devices.data === undefined && (
        <ErrorState
          title="The devices could not be loaded"
          error={devices.error}
          onRetry={() => void devices.refetch()}
        />
      )}
      {devices.data !== undefined && <Devices devices={devices.data} />}
    </Page>
  );
}

function Devices({ devices }: { readonly devices: readonly Device[] }) {
  const now = useNow();
  const [question, setQuestion] = useState<DeviceQuestion>({ search: '', show: 'all', sort: 'name' });
  const [openId, setOpenId] = useState<string>();
  if (devices.length === 0) return <NoDevices onAdded={setOpenId} />;
  const silent = devices.filter((device) => isSilent(device, now)).length;
  const found = listDevices(devices, question, now);
  const open = devices.find((device) => device.id === openId);
  return (
    <>
      <PageTitle
        title="Devices"
        lead="A device is here from its first message on, or when somebody adds it. Its values update as they come in."
        actions={<AddDevice onAdded={setOpenId} />}
      />
      <div className="-mt-2 flex flex-col gap-3">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <div className="w-full sm:w-72">
            <SearchField
              label="Search name, model, tag"
              value={question.search}
              onChange={(search) => setQuestion({ ...question, search })}
            />
          </div>
          <ShowChips
            show={question.show}
            counts={{ all: devices.length, reporting: devices.length - silent, silent }}
            onShow={(show) => setQuestion({ ...question, show })}
          />
        </div>
        <DeviceTable
          devices={found}
          sort={question.sort}
          onSort={(sort) => setQuestion({ ...question, sort })}
          onOpen={setOpenId}
        />
        <p role="status" className="text-editor text-ink-soft">
          {found.length === devices.length
            ? counted(devices.length, 'device')
            : `${found.length} of ${counted(devices.length, 'device')}`}
        </p>
      </div>
      {open !== undefined && <DevicePanel key={open.id} device={open} onClose={() => setOpenId(undefined)} />}
    </>
  );
}

const SHOW_WORDS: Record<DeviceShow, string> = { all: 'All', reporting: 'Reporting', silent: 'Silent' };

interface ShowChipsProps {
  readonly show: DeviceShow;
  readonly counts: Readonly<Record<DeviceShow, number>>;
  readonly onShow: (show: DeviceShow) => void;
}

function ShowChips({ show, counts, onShow }: ShowChipsProps) {
  const shows: readonly DeviceShow[] = ['all', 'reporting', 'silent'];
  return (
    <div role="group" aria-label="Which devices" className="flex gap-1.5">
      {shows.map((one) => (
        <Chip key={one} isOn={one === show} onPress={() => onShow(one)}>
          {SHOW_WORDS[one]} {counts[one]}
        </Chip>
      ))}
    </div>
  );
}

function NoDevices({ onAdded }: { readonly onAdded: (id: string) => void }) {
  return (
    <>
      <PageTitle title="Devices" />
      <div className="rounded-md border border-dashed border-line-strong">
        <EmptyState
          icon={<RadioTower size={20} aria-hidden="true" />}
          title="No device has sent anything yet"
          action={<AddDevice onAdded={onAdded} />}
        >
          Have one publish JSON such as{' '}
          <code className="rounded-sm bg-sunken px-1 font-mono">{'{"temperature": -18.4}'}</code> to the topic{' '}
          <code className="rounded-sm bg-sunken px-1 font-mono">devices/freezer-1/telemetry</code> on the
          built-in broker. It shows up here within a second.
        </EmptyState>
      </div>
    </>
  );
}
