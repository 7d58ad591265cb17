import type { Clock } from '@sluice/shared/node/context.ts';
import type { RunnerHost } from '../runner/runnerHost.ts';
import type { Alarms } from './alarms.ts';
import type { Log } from './http/problem.ts';

/** The source of alarms of Sluice itself, in place of a flow and a node. */
const SOURCE = { flow: 'sluice', node: 'state', key: 'lost-state' } as const;

/**
 * State that the disk has lost is an alarm of Sluice itself (EN9): it is active until the next start, so that whoever
 * looks at the alarms meets it, and stays in their history.
 */
export function alarmTrouble(host: RunnerHost, alarms: Alarms, clock: Clock, log: Log): void {
  function report(state: 'active' | 'cleared', text: string): void {
    const { flow, node, key } = SOURCE;
    const time = clock.now();
    alarms.store(flow, node, [
      { key, device: undefined, state, severity: 'critical', text, time, value: null },
    ]);
  }
  report('cleared', '');
  host.on('trouble', ({ sentence }) => {
    try {
      report('active', sentence);
    } catch (error) {
      log('error', `This could not be made an alarm: ${sentence} (${String(error)})`);
    }
  });
}
