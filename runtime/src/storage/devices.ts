import type { Database } from './database.ts';
import { textOf } from './database.ts';

/** What the device registry keeps of each device, as JSON that the registry itself reads. */
export interface DeviceStore {
  list(workspace: string): { readonly id: string; readonly content: unknown }[];
  /** Writes all of them or none. */
  putAll(workspace: string, devices: readonly { readonly id: string; readonly content: unknown }[]): void;
}

export function createDeviceStore(database: Database): DeviceStore {
  const list = database.prepare('SELECT id, content FROM devices WHERE workspace = ? ORDER BY id');
  const put = database.prepare('INSERT OR REPLACE INTO devices VALUES (?, ?, ?)');
  return {
    list: (workspace) =>
      list.all(workspace).map((row) => ({
        id: textOf(row, 'id'),
        content: JSON.parse(textOf(row, 'content')) as unknown,
      })),
    putAll(workspace, devices) {
      database.transaction(() => {
        for (const device of devices) put.run(workspace, device.id, JSON.stringify(device.content));
      });
    },
  };
}
