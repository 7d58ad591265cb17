import type { Alarm } from '@sluice/shared/protocol/http.ts';
import { alarmSchema } from '@sluice/shared/protocol/http.ts';
import type { Database, Row } from './database.ts';

/** Alarms of a workspace: at most one active for a node and key; cleared ones stay as history. */
export interface AlarmStore {
  /** Active ones first, then the newest; at most 1,000. */
  list(workspace: string, state?: Alarm['state']): Alarm[];
  active(workspace: string, flow: string, node: string, key: string): Alarm | undefined;
  put(workspace: string, alarm: Alarm): void;
}

export function createAlarmStore(database: Database): AlarmStore {
  const list = database.prepare(
    `SELECT * FROM alarms WHERE workspace = ?1 AND (?2 IS NULL OR state = ?2)
     ORDER BY state = 'cleared', raised_at DESC, id LIMIT 1000`,
  );
  const active = database.prepare(
    `SELECT * FROM alarms WHERE workspace = ? AND flow = ? AND node = ? AND key = ? AND state = 'active'`,
  );
  const put = database.prepare(
    'INSERT OR REPLACE INTO alarms VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  return {
    list: (workspace, state) => list.all(workspace, state ?? null).map(readAlarm),
    active(workspace, flow, node, key) {
      const row = active.get(workspace, flow, node, key);
      return row === undefined ? undefined : readAlarm(row);
    },
    put(workspace, alarm) {
      const { id, flow, node, key, device, state, severity, text, raisedAt, lastSeen, clearedAt, count } =
        alarm;
      const place = [workspace, id, flow, node, key, device ?? null] as const;
      const value = JSON.stringify(alarm.value);
      put.run(...place, state, severity, text, raisedAt, lastSeen, clearedAt ?? null, count, value);
    },
  };
}

function readAlarm(row: Row): Alarm {
  return alarmSchema.parse({
    ...row,
    device: row.device ?? undefined,
    raisedAt: row.raised_at,
    lastSeen: row.last_seen,
    clearedAt: row.cleared_at ?? undefined,
    value: JSON.parse(String(row.value)) as unknown,
  });
}
