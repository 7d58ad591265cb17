import type { Alarm, Device } from '@sluice/shared/protocol/http.ts';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { OpenAlerts } from '../alarms/OpenAlerts.tsx';
import { SEVERITY_STATUS, byUrgency } from '../alarms/severity.ts';
import { useOpenAlarms } from '../alarms/useOpenAlarms.ts';
import { isSilent } from '../devices/silence.ts';
import { usePageTitle } from '../routes/usePageTitle.ts';
import { useNow } from '../state/clock.ts';
import { devicesQuery, flowsQuery } from '../state/remoteQueries.ts';
import { ErrorState } from '../ui/ErrorState.tsx';
import { Page, Section } from '../ui/Page.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { StatusDot } from '../ui/StatusDot.tsx';
import { FailedOnHome } from './FailedOnHome.tsx';
import { FlowList } from './FlowList.tsx';
import { headline } from './headline.ts';
import { ImportFlow } from './ImportFlow.tsx';
import { NewFlow } from './NewFlow.tsx';

const DEVICES_EVERY_MS = 10_000;

/** `/`: how things stand, what is open, and the flows. */
export default function HomeScreen() {
  usePageTitle('');
  const flows = useQuery(flowsQuery);
  const alarms = useOpenAlarms();
  const devices = useQuery({ ...devicesQuery, refetchInterval: DEVICES_EVERY_MS });
  return (
    <Page>
      <StatusLine alarms={alarms.data} devices={devices.data} hasFailed={alarms.isError || devices.isError} />
      <FailedOnHome flows={flows.data ?? []} />
      {alarms.isError && alarms.data === undefined && (
        <ErrorState
          title="The open alerts could not be loaded"
          error={alarms.error}
          onRetry={() => void alarms.refetch()}
        />
      )}
      {alarms.data !== undefined && (
        <Section title="Open alerts">
          <OpenAlerts alarms={alarms.data} flows={flows.data ?? []} devices={devices.data ?? []} />
        </Section>
      )}
      <Section
        title="Flows"
        actions={
          <>
            <ImportFlow />
            <NewFlow variant="primary" />
          </>
        }
      >
        {flows.isPending && <Spinner label="Loading the flows" />}
        {flows.isError && flows.data === undefined && (
          <ErrorState
            title="The flows could not be loaded"
            error={flows.error}
            onRetry={() => void flows.refetch()}
          />
        )}
        {flows.data !== undefined && <FlowList flows={flows.data} />}
      </Section>
    </Page>
  );
}

interface StatusLineProps {
  readonly alarms: readonly Alarm[] | undefined;
  readonly devices: readonly Device[] | undefined;
  readonly hasFailed: boolean;
}

function StatusLine({ alarms, devices, hasFailed }: StatusLineProps) {
  const now = useNow();
  if (alarms === undefined || devices === undefined) {
    return (
      <h1 className="text-page font-semibold text-ink-soft">
        {hasFailed ? 'Not everything could be loaded' : 'Looking around…'}
      </h1>
    );
  }
  const silent = devices.filter((device) => isSilent(device, now)).length;
  const words = headline({ openAlerts: alarms.length, reporting: devices.length - silent, silent });
  const worst = [...alarms].sort(byUrgency)[0];
  return (
    <h1 className="flex flex-wrap items-baseline gap-x-3 gap-y-1 text-page font-semibold tracking-tight">
      <StatusDot
        status={worst === undefined ? 'good' : SEVERITY_STATUS[worst.severity]}
        word={words.alerts}
      />
      <span className="font-normal text-ink-soft">
        <span aria-hidden="true" className="mr-3 hidden sm:inline">
          ·
        </span>
        <Link
          to="/devices"
          className="rounded-sm hover:text-accent-text hover:underline hover:underline-offset-4"
        >
          {words.devices}
        </Link>
      </span>
    </h1>
  );
}
