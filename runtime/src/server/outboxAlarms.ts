import type { RunnerHost } from '../runner/runnerHost.ts';
import type { RunnerTime } from '../runner/time.ts';
import type { Alarms } from './alarms.ts';
import type { Log } from './http/problem.ts';
import type { OutboxEffect, OutboxWatch } from './outboxWatch.ts';
import { watchOutboxes } from './outboxWatch.ts';

/** The key of the alarm of a node; `alarm` nodes take theirs from devices. */
const KEY = 'sluice:target-away';

export interface OutboxAlarmsOptions {
  readonly host: RunnerHost;
  readonly alarms: Alarms;
  readonly time: RunnerTime;
  readonly log: Log;
  nameOfFlow(flow: string): string;
}

/** Raises and clears the alarm of each node whose target is away (EN8). Gives back its stop. */
export function alarmOutboxes({ host, alarms, time, log, nameOfFlow }: OutboxAlarmsOptions): () => void {
  const watches = new Map<string, OutboxWatch>();
  for (const { flow, node, key, raisedAt } of alarms.list('active')) {
    if (key === KEY) watches.set(flow, { ...watches.get(flow), [node]: { since: raisedAt, raised: 'away' } });
  }

  const store = (flow: string, effect: OutboxEffect): boolean => {
    const common = { key: KEY, device: undefined, time: time.now() };
    const report =
      effect.kind === 'clear'
        ? { ...common, severity: 'major' as const, state: 'cleared' as const, text: '', value: 0 }
        : {
            ...common,
            severity: effect.severity,
            state: 'active' as const,
            text: `“${effect.outbox.name}” of “${nameOfFlow(flow)}” cannot deliver. ${effect.outbox.sentence}`,
            value: effect.outbox.waiting,
          };
    try {
      alarms.store(flow, effect.node, [report]);
      return true;
    } catch (error) {
      log(
        'error',
        `The alarm about messages that wait in “${nameOfFlow(flow)}” could not be stored: ${String(error)}`,
      );
      return false;
    }
  };

  return host.on('counters', ({ flow, outboxes }) => {
    const before = watches.get(flow) ?? {};
    const [next, effects] = watchOutboxes(before, outboxes, time.now());
    // What could not be stored is tried again at the next counters.
    if (effects.every((effect) => store(flow, effect))) watches.set(flow, next);
  });
}
