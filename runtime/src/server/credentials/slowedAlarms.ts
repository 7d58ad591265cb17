import type { SlowedEvent } from '../../broker/slowing.ts';
import type { AlarmStore } from '../../storage/alarms.ts';
import type { Clock } from '@sluice/shared/node/context.ts';
import type { Log } from '../http/problem.ts';
import type { Workspaces } from '../workspace.ts';

/** The source of the alarm, in place of a flow and a node. */
const SOURCE = { flow: 'sluice', node: 'pace' } as const;

export interface SlowedAlarmsOptions {
  readonly workspaces: Pick<Workspaces, 'get'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Raises an alarm in the workspace of a device that is slowed, and ends it when the device keeps its pace again. */
export function createSlowedAlarms({ workspaces, clock, log }: SlowedAlarmsOptions) {
  return (event: SlowedEvent): void => {
    const { workspace, device } = event;
    const isRaised = event.kind === 'raise';
    const text = isRaised
      ? `“${device}” sends more than 100 times what it usually does (${rateOf(event.usual)}), so it is slowed to ${rateOf(event.limit)}. If it is not broken, look who has its credential; revoke that to stop it.`
      : '';
    try {
      workspaces.get(workspace)?.alarms.store(SOURCE.flow, SOURCE.node, [
        {
          key: device,
          device,
          severity: 'major',
          text,
          time: clock.now(),
          state: isRaised ? 'active' : 'cleared',
          value: isRaised ? event.limit : 0,
        },
      ]);
    } catch (error) {
      log('error', `This could not be made an alarm: ${text} (${String(error)})`);
    }
  };
}

function rateOf(perSecond: number): string {
  return perSecond < 1 ? `${Math.round(perSecond * 600) / 10} a minute` : `${Math.round(perSecond)} a second`;
}

/** A server that begins knows no pace yet: what was raised before it is over. */
export function clearSlowedAlarms(store: AlarmStore, workspaces: readonly string[], clock: Clock): void {
  for (const workspace of workspaces) {
    for (const alarm of store.list(workspace, 'active')) {
      if (alarm.flow === SOURCE.flow && alarm.node === SOURCE.node)
        store.put(workspace, { ...alarm, state: 'cleared', clearedAt: clock.now(), value: 0 });
    }
  }
}
