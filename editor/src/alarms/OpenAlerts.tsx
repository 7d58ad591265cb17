import type { Alarm, Device, FlowSummary } from '@sluice/shared/protocol/http.ts';
import { CircleCheck } from 'lucide-react';
import { StatusDot } from '../ui/StatusDot.tsx';
import { TextLink } from '../ui/TextLink.tsx';
import { Time } from '../ui/Time.tsx';
import { byUrgency, SEVERITY_STATUS } from './severity.ts';

/** How many are shown; a flood of alarms must not take the page down with it. */
const SHOWN = 100;

export interface OpenAlertsProps {
  readonly alarms: readonly Alarm[];
  /** For the name of the rule behind an alert. */
  readonly flows: readonly FlowSummary[];
  /** For what people call the device. */
  readonly devices: readonly Device[];
}

/** What is open now, the worst first. */
export function OpenAlerts({ alarms, flows, devices }: OpenAlertsProps) {
  if (alarms.length === 0) {
    return (
      <p className="flex items-center gap-2 rounded-md border border-line bg-surface px-4 py-3 text-ink-soft">
        <CircleCheck size={18} className="shrink-0 text-good" aria-hidden="true" />
        Nothing is open. Alerts show up here the moment a flow raises one.
      </p>
    );
  }
  const flowNames = new Map(flows.map((flow) => [flow.id, flow.name]));
  const deviceNames = new Map(devices.map((device) => [device.id, device.name]));
  const sorted = [...alarms].sort(byUrgency);
  return (
    <>
      <ul className="divide-y divide-line overflow-hidden rounded-md border border-line bg-surface">
        {sorted.slice(0, SHOWN).map((alarm) => (
          <AlertRow
            key={alarm.id}
            alarm={alarm}
            flowName={flowNames.get(alarm.flow)}
            deviceName={
              alarm.device === undefined ? undefined : (deviceNames.get(alarm.device) ?? alarm.device)
            }
          />
        ))}
      </ul>
      {sorted.length > SHOWN && (
        <p className="mt-2 text-editor text-ink-soft">
          The {SHOWN} most urgent of {sorted.length} are shown.
        </p>
      )}
    </>
  );
}

interface AlertRowProps {
  readonly alarm: Alarm;
  readonly flowName: string | undefined;
  readonly deviceName: string | undefined;
}

function AlertRow({ alarm, flowName, deviceName }: AlertRowProps) {
  return (
    <li className="grid grid-cols-[1fr_auto] items-baseline gap-x-4 gap-y-0.5 px-4 py-3 sm:grid-cols-[6.5rem_1fr_auto]">
      <span className="text-editor">
        <StatusDot status={SEVERITY_STATUS[alarm.severity]} word={alarm.severity} />
      </span>
      <span className="row-start-2 min-w-0 font-medium wrap-anywhere sm:row-start-auto">{alarm.text}</span>
      <span className="text-right text-editor text-ink-soft">
        <Time at={alarm.raisedAt} />
      </span>
      <span className="col-span-full flex min-w-0 flex-wrap gap-x-3 text-editor text-ink-soft sm:col-start-2 sm:col-end-4">
        {deviceName !== undefined && <span>{deviceName}</span>}
        {flowName !== undefined && (
          <TextLink to={`/flows/${encodeURIComponent(alarm.flow)}`}>{flowName}</TextLink>
        )}
        {alarm.count > 1 && (
          <span>
            raised {alarm.count} times, last <Time at={alarm.lastSeen} />
          </span>
        )}
      </span>
    </li>
  );
}
