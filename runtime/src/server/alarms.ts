import type { AlarmReport } from '@sluice/shared/node/context.ts';
import type { Alarm } from '@sluice/shared/protocol/http.ts';
import type { AlarmStore } from '../storage/alarms.ts';
import type { Database } from '../storage/database.ts';

/** The list of alarms of a workspace, made of what `alarm` nodes report. */
export interface Alarms {
  list(state?: Alarm['state']): Alarm[];
  /** Stores all reports or none; a report that changes nothing (clear without a raise) is left out. */
  store(flow: string, node: string, reports: readonly AlarmReport[]): void;
  onChanged(listener: (alarm: Alarm) => void): () => void;
}

export interface AlarmsOptions {
  readonly workspace: string;
  readonly store: AlarmStore;
  readonly database: Database;
  newId(): string;
}

export function createAlarms(options: AlarmsOptions): Alarms {
  const { workspace, store, database } = options;
  const listeners = new Set<(alarm: Alarm) => void>();
  return {
    list: (state) => store.list(workspace, state),
    store(flow, node, reports) {
      const changed = database.transaction(() =>
        reports.flatMap((report) => {
          const before = store.active(workspace, flow, node, report.key);
          const alarm = nextAlarm(before, report, { flow, node, newId: options.newId });
          if (alarm !== undefined) store.put(workspace, alarm);
          return alarm === undefined ? [] : [alarm];
        }),
      );
      for (const alarm of changed) for (const listener of listeners) listener(alarm);
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** One alarm for a source and a rule: a repeat raises its count. Pure. */
function nextAlarm(
  before: Alarm | undefined,
  report: AlarmReport,
  place: { readonly flow: string; readonly node: string; newId(): string },
): Alarm | undefined {
  const { key, device, severity, text, time, value } = report;
  if (report.state === 'cleared') {
    return before === undefined ? undefined : { ...before, state: 'cleared', clearedAt: time, value };
  }
  if (before !== undefined) {
    return { ...before, severity, text, lastSeen: time, count: before.count + 1, value };
  }
  return {
    id: place.newId(),
    flow: place.flow,
    node: place.node,
    key,
    ...(device === undefined ? {} : { device }),
    state: 'active',
    severity,
    text,
    raisedAt: time,
    lastSeen: time,
    count: 1,
    value,
  };
}
