import { isDeepStrictEqual } from 'node:util';
import { SluiceError } from '@sluice/shared/errors.ts';
import type { Connections, ConnectionType } from '@sluice/shared/node/context.ts';
import type { Scheduler } from '../engine/shell.ts';
import type { RunnerConnection } from '../runner/protocol.ts';
import { openMqtt } from './mqtt.ts';

export interface ConnectionsOptions {
  readonly list: readonly RunnerConnection[];
  /** The same after a restart and unlike every other runner's: an MQTT broker knows this runner's sessions by it. */
  readonly instance: string;
  readonly scheduler: Scheduler;
  /** How long to wait before a broker that is away is tried again. */
  readonly retryMs?: number;
}

/** The connections of one workspace's runner, shared by its flows. */
export interface ConnectionPool {
  /**
   * What nodes do with a connection; nothing is opened before they do it. Throws a `SluiceError` when there is no
   * connection of this id or type, or its settings make no sense.
   */
  connection<Type extends ConnectionType>(type: Type, id: string): Connections[Type];
  /** Takes up another list. Connections that are as they were stay open; changed ones open anew under who uses them. */
  update(list: readonly RunnerConnection[]): void;
  /** Closes all of them. May be called twice. */
  close(): Promise<void>;
}

/** A connection that is in use, with how to go on with other settings. */
interface Opened<Type extends ConnectionType> {
  readonly api: Connections[Type];
  change(connection: RunnerConnection): void;
  /** It was deleted, or is of another type now. */
  retire(sentence: string): void;
  close(): Promise<void>;
}

type Openers = { readonly [Type in ConnectionType]: (connection: RunnerConnection) => Opened<Type> };

/** Makes the pool; nothing is opened yet. */
export function createConnections(options: ConnectionsOptions): ConnectionPool {
  let known = byId(options.list);
  const pools = poolsOf(openersOf(options));
  const all = [pools.mqtt, pools.influxdb, pools.smtp];

  return {
    connection: (type, id) => {
      const connection = known.get(id);
      if (connection === undefined)
        throw new SluiceError(
          'not-found',
          `There is no connection “${id}”. Choose one in the settings of the node.`,
        );
      if (connection.type !== type)
        throw new SluiceError(
          'invalid-input',
          `The connection “${connection.name}” is of the type ${connection.type}; this node needs one of the type ${type}.`,
        );
      return pools[type].open(connection);
    },
    update: (list) => {
      const before = known;
      known = byId(list);
      for (const old of before.values()) {
        const next = known.get(old.id);
        if (!isDeepStrictEqual(old, next)) for (const pool of all) pool.changed(old, next);
      }
    },
    close: async () => {
      await Promise.all(all.map((pool) => pool.close()));
    },
  };
}

function byId(list: readonly RunnerConnection[]): ReadonlyMap<string, RunnerConnection> {
  return new Map(list.map((connection) => [connection.id, connection]));
}

function openersOf({ instance, scheduler, retryMs }: ConnectionsOptions): Openers {
  return {
    mqtt: (connection) =>
      openMqtt({ connection, instance, scheduler, ...(retryMs !== undefined && { retryMs }) }),
    // Their libraries are loaded when a flow first needs them.
    influxdb: (connection) => {
      const current = replaceable(connection, async (used) =>
        (await import('./influxdb.ts')).openInfluxdb(used),
      );
      return {
        ...current,
        api: { write: async (lines, signal) => (await current.use()).write(lines, signal) },
      };
    },
    smtp: (connection) => {
      const current = replaceable(connection, async (used) => (await import('./smtp.ts')).openSmtp(used));
      return { ...current, api: { send: async (mail, signal) => (await current.use()).send(mail, signal) } };
    },
  };
}

/** A connection that holds nothing open between its uses: the next use goes by the settings of then. */
function replaceable<T>(first: RunnerConnection, open: (connection: RunnerConnection) => Promise<T>) {
  let current: Promise<T> | undefined;
  let connection = first;
  let retired: string | undefined;
  return {
    use: async (): Promise<T> => {
      if (retired !== undefined) throw new SluiceError('not-found', retired);
      return (current ??= open(connection));
    },
    change: (next: RunnerConnection) => {
      connection = next;
      current = undefined;
    },
    retire: (sentence: string) => {
      retired = sentence;
    },
    close: () => Promise.resolve(),
  };
}

interface TypePool<Type extends ConnectionType> {
  open(connection: RunnerConnection): Connections[Type];
  changed(old: RunnerConnection, next: RunnerConnection | undefined): void;
  close(): Promise<void>;
}

function poolsOf(openers: Openers): { readonly [Type in ConnectionType]: TypePool<Type> } {
  return {
    mqtt: poolOf('mqtt', openers.mqtt),
    influxdb: poolOf('influxdb', openers.influxdb),
    smtp: poolOf('smtp', openers.smtp),
  };
}

function poolOf<Type extends ConnectionType>(
  type: Type,
  open: (connection: RunnerConnection) => Opened<Type>,
): TypePool<Type> {
  const opened = new Map<string, Opened<Type>>();
  return {
    open: (connection) => {
      const known = opened.get(connection.id);
      if (known !== undefined) return known.api;
      const fresh = open(connection);
      opened.set(connection.id, fresh);
      return fresh.api;
    },
    changed: (old, next) => {
      const known = opened.get(old.id);
      if (known === undefined) return;
      if (next?.type === type) {
        known.change(next);
        return;
      }
      opened.delete(old.id);
      known.retire(
        `The connection “${old.name}” was deleted. Choose another one in the settings of the node.`,
      );
    },
    close: async () => {
      await Promise.all([...opened.values()].map(({ close }) => close()));
    },
  };
}
