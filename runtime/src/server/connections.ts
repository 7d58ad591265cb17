import { SluiceError } from '@sluice/shared/errors.ts';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { Clock } from '@sluice/shared/node/context.ts';
import type { Connection } from '@sluice/shared/protocol/http.ts';
import type { RunnerConnection } from '../runner/protocol.ts';
import type { ConnectionStore, StoredConnection } from '../storage/connections.ts';
import { checkSettings } from '../connections/checkSettings.ts';
import { changed, changedSecrets } from './changed.ts';
import type { Actor, Note } from './actor.ts';
import { splitSecrets } from './connectionSecrets.ts';

/** The connection by which devices publish: the embedded broker, or the one of SLUICE_MQTT_URL. */
export const BROKER_CONNECTION = 'broker';

type Secrets = Readonly<Record<string, string>>;

/** Connections of a workspace. What people see never holds a secret; what the runner gets does. */
export interface Connections {
  list(): Connection[];
  /** Throws `invalid-input` for settings that such a connection cannot be opened with. */
  create(
    actor: Actor,
    connection: Pick<Connection, 'name' | 'type' | 'config'> & { secrets: Secrets },
  ): Connection;
  /** An empty secret deletes it; one that is left out stays. Throws `not-found`, `stale-revision`, `not-allowed`. */
  save(
    actor: Actor,
    id: string,
    change: Pick<Connection, 'name' | 'config' | 'revision'> & { secrets: Secrets },
  ): Connection;
  /** Throws `in-use` while a draft or a running version names it. */
  delete(actor: Actor, id: string, revision: number): void;
  forRunner(): RunnerConnection[];
  /** Id to type, for validation. */
  types(): ReadonlyMap<string, string>;
  onChanged(listener: () => void): () => void;
}

export interface ConnectionsOptions {
  readonly workspace: string;
  readonly store: ConnectionStore;
  /** To the broker of the server; `undefined` where this workspace has none there. */
  readonly builtIn: StoredConnection | undefined;
  /** Drafts, and versions that are deployed. */
  flowsInUse(): readonly Flow[];
  readonly clock: Clock;
  newId(): string;
  readonly note: Note;
  /** All of the work is on disk afterwards, or nothing of it. */
  atomically<T>(work: () => T): T;
}

export function createConnections(options: ConnectionsOptions): Connections {
  const { workspace, store, builtIn, note } = options;
  const listeners = new Set<() => void>();
  const all = () => [...(builtIn === undefined ? [] : [builtIn]), ...store.list(workspace)];

  function find(id: string, revision: number): StoredConnection {
    if (id === builtIn?.id) {
      throw new SluiceError(
        'not-allowed',
        `“${builtIn.name}” belongs to Sluice and cannot be changed or deleted.`,
      );
    }
    const found = store.get(workspace, id);
    if (found === undefined) throw new SluiceError('not-found', `There is no connection “${id}”.`);
    if (found.revision !== revision) throw stale(found);
    return found;
  }

  function tell(): void {
    for (const listener of listeners) listener();
  }

  return {
    list: () => all().map((connection) => shown(connection, connection.id === builtIn?.id)),
    create(actor, { name, type, ...given }) {
      const { config, secrets } = splitSecrets(type, given.config, given.secrets);
      const made = { id: options.newId(), name, type, config, secrets: merged({}, secrets), revision: 1 };
      checkSettings(made, made.secrets, options.clock.now());
      options.atomically(() => {
        store.add(workspace, made);
        note(actor, 'connection.create', made.id, { name });
      });
      tell();
      return shown(made, false);
    },
    save(actor, id, { revision, name, ...given }) {
      const before = find(id, revision);
      const { config, secrets } = splitSecrets(before.type, given.config, given.secrets);
      const after = {
        ...before,
        name,
        config,
        secrets: merged(before.secrets, secrets),
        revision: revision + 1,
      };
      checkSettings(after, after.secrets, options.clock.now());
      options.atomically(() => {
        if (!store.save(workspace, after)) throw stale(before);
        note(actor, 'connection.save', id, {
          name,
          ...changed(before.config, after.config),
          ...changedSecrets(before.secrets, after.secrets),
          ...(before.name !== name && { before: before.name }),
        });
      });
      tell();
      return shown(after, false);
    },
    delete(actor, id, revision) {
      const found = find(id, revision);
      const users = options.flowsInUse().filter((flow) => doesName(flow, id));
      if (users.length > 0) {
        const names = [...new Set(users.map((flow) => `“${flow.name}”`))].join(', ');
        throw new SluiceError(
          'in-use',
          `“${found.name}” is used by ${names}. Give those another connection first.`,
        );
      }
      options.atomically(() => {
        store.delete(workspace, id);
        note(actor, 'connection.delete', id, { name: found.name });
      });
      tell();
    },
    forRunner: () =>
      all().map(({ id, name, type, config, secrets }) => ({ id, name, type, config, secrets })),
    types: () => new Map(all().map(({ id, type }) => [id, type])),
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function shown({ secrets, ...connection }: StoredConnection, isBuiltIn: boolean): Connection {
  return { ...connection, secrets: Object.keys(secrets), builtIn: isBuiltIn };
}

function merged(before: Secrets, change: Secrets): Secrets {
  const kept = Object.entries({ ...before, ...change }).filter(([, secret]) => secret !== '');
  return Object.fromEntries(kept);
}

/** Any setting that holds the id counts: which fields are connections only the node types know. */
function doesName(flow: Flow, id: string): boolean {
  return flow.nodes.some((node) => Object.values(node.config).includes(id));
}

function stale(current: StoredConnection): SluiceError {
  return new SluiceError(
    'stale-revision',
    `“${current.name}” was changed in the meantime. Look at the newest state and save again.`,
    { details: { current: shown(current, false) } },
  );
}

/** The connection to the embedded broker, or to the outside one; user and password of its address become secrets. */
export function builtInConnection(url: string, isOutside: boolean): StoredConnection {
  const parsed = new URL(url);
  const username = decodeURIComponent(parsed.username);
  const password = decodeURIComponent(parsed.password);
  parsed.username = '';
  parsed.password = '';
  return {
    id: BROKER_CONNECTION,
    name: isOutside ? `MQTT broker ${parsed.host}` : 'Built-in MQTT broker',
    type: 'mqtt',
    config: { url: parsed.href.replace(/\/$/, ''), ...(username === '' ? {} : { username }) },
    secrets: password === '' ? {} : { password },
    revision: 1,
  };
}
