import type { Connections } from '@sluice/shared/node/context.ts';
import { openMqtt } from '../connections/mqtt.ts';
import type { RunnerConnection } from './protocol.ts';
import type { ConnectionPool } from './runner.ts';
import { systemTime } from './time.ts';
export function devPool(connections: readonly RunnerConnection[]): ConnectionPool {
  const open = new Map<string, ReturnType<typeof openMqtt>>();
  return {
    connection: (type, id) => {
      let found = open.get(id);
      if (!found) {
        const connection = connections.find((c) => c.id === id);
        if (!connection) throw new Error(`no connection ${id}`);
        found = openMqtt({ connection, instance: 'dev', scheduler: systemTime });
        open.set(id, found);
      }
      return found.api as unknown as Connections[typeof type];
    },
    update: () => undefined,
    close: async () => {
      for (const one of open.values()) await one.close();
    },
  };
}
