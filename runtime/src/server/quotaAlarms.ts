import type { RunnerHost } from '../runner/runnerHost.ts';
import type { RunnerTime } from '../runner/time.ts';
import { every } from '../runner/time.ts';
import type { Alarms } from './alarms.ts';
import type { Devices } from './devices/devices.ts';
import type { Log } from './http/problem.ts';
import type { WorkspaceLimits } from './limits.ts';
import { withWayOut } from './limits.ts';

const LOOK_EVERY_MS = 30_000;

export interface QuotaAlarmsOptions {
  readonly limits: WorkspaceLimits;
  readonly devices: Devices;
  readonly host: RunnerHost;
  readonly alarms: Alarms;
  readonly time: RunnerTime;
  readonly log: Log;
}

/**
 * Keeps the limits that are reached while flows run: of devices and of messages a second. An alarm is raised while more
 * come than may, with how many were left out or had to wait. Gives back its stop.
 */
export function keepQuotas(options: QuotaAlarmsOptions): () => void {
  const { limits, devices, host, time } = options;
  const devicesAlarm = createAlarm(options, 'devices');
  const messagesAlarm = createAlarm(options, 'messages');
  let refused = devices.refused();
  const look = (): void => {
    const more = devices.refused() - refused;
    refused += more;
    const most = limits.current().devices;
    const sentence = `${more} messages came from devices that are not registered, because there are ${most} already, which is the most. Delete devices that are gone`;
    devicesAlarm(more === 0 ? undefined : { sentence, value: more });
  };
  const apply = (): void => {
    devices.keepAtMost(limits.current().devices);
    host.updateLimits(limits.current());
  };
  apply();
  const stops = [
    limits.onChanged(apply),
    every(time, LOOK_EVERY_MS, look),
    host.on('quota', ({ waits }) => {
      const most = limits.current().messagesASecond;
      const sentence = `More messages come than the ${most} a second that all flows together may take in, so devices and callers had to wait ${waits} times in 5 s. Send less`;
      messagesAlarm(waits === 0 ? undefined : { sentence, value: waits });
    }),
    host.on('state', ({ state }) => {
      if (state === 'idle') messagesAlarm(undefined);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

type Reached = { readonly sentence: string; readonly value: number } | undefined;

/** Raises the alarm of one limit while it is reached, and clears it after; also one that was left active by the last run. */
function createAlarm({ alarms, time, log }: QuotaAlarmsOptions, key: string): (reached: Reached) => void {
  let isActive = alarms.list('active').some((alarm) => alarm.node === 'limits' && alarm.key === key);
  return (reached) => {
    if (reached === undefined && !isActive) return;
    const state = reached === undefined ? 'cleared' : 'active';
    const text = reached === undefined ? '' : withWayOut(reached.sentence);
    const value = reached?.value ?? 0;
    try {
      const common = { key, device: undefined, severity: 'major', time: time.now() } as const;
      alarms.store('sluice', 'limits', [{ ...common, state, text, value }]);
      isActive = reached !== undefined;
    } catch (error) {
      // Tried again the next time.
      log('error', `This could not be made an alarm: ${text} (${String(error)})`);
    }
  };
}
