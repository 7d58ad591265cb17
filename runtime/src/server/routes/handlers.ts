import { SluiceError } from '@sluice/shared/errors.ts';
import { changed } from '../changed.ts';
import type { Keyring } from '../../storage/workspaceKeys.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { DeviceSource } from '../deviceSource.ts';
import type { Handlers } from '../http/mount.ts';
import type { Workspaces } from '../workspace.ts';
import type { WorkspaceRegister } from '../workspaces/workspaceRegister.ts';
import { accountHandlers } from './accountHandlers.ts';
import { auditHandlers } from './auditHandlers.ts';
import { credentialHandlers } from './credentialHandlers.ts';
import { keyHandlers } from './keyHandlers.ts';
import { figuresHandlers } from './figuresHandlers.ts';
import { deadLetterHandlers } from './deadLetterHandlers.ts';
import { dryRunHandlers } from './dryRunHandlers.ts';
import { oidcHandlers } from './oidcHandlers.ts';
import { peopleHandlers } from './peopleHandlers.ts';
import { stateHandlers } from './stateHandlers.ts';
import { tokenHandlers } from './tokenHandlers.ts';
import { workspaceHandlers } from './workspaceHandlers.ts';

export interface HandlerOptions {
  readonly accounts: Accounts;
  readonly workspaces: Workspaces;
  readonly register: WorkspaceRegister;
  readonly keyring: Pick<Keyring, 'rotate'>;
  readonly credentials: Credentials;
  readonly source: Pick<DeviceSource, 'port' | 'tlsPort'>;
  readonly version: string;
  /** Started with `--safe`. */
  readonly isSafe: boolean;
  isReady(): boolean;
}

type Some<Names extends keyof Handlers> = Pick<Handlers, Names>;
const OK = { ok: true } as const;

/** What each route does. */
export function createHandlers(options: HandlerOptions): Handlers {
  return {
    ...accountHandlers(options.accounts),
    ...peopleHandlers(options.accounts),
    ...tokenHandlers(options.accounts),
    ...oidcHandlers(options.accounts),
    ...flowHandlers,
    ...deploymentHandlers,
    ...deviceHandlers,
    ...connectionHandlers,
    ...alarmHandlers,
    ...deadLetterHandlers,
    ...stateHandlers,
    ...dryRunHandlers,
    ...figuresHandlers,
    ...workspaceHandlers(options.register, options.workspaces),
    ...auditHandlers,
    ...keyHandlers(options.keyring),
    ...credentialHandlers(options.credentials, options.source),
    health: () => ({
      live: true,
      ready: options.isReady(),
      version: options.version,
      safe: options.isSafe,
    }),
  };
}

const flowHandlers: Some<
  'flows' | 'createFlow' | 'flow' | 'saveFlow' | 'deleteFlow' | 'validateFlow' | 'versions' | 'version'
> = {
  flows: ({ workspace }) => workspace.flows.list(),
  createFlow: ({ workspace, actor, body }) => workspace.flows.create(actor, body.name, body.flow),
  flow: ({ workspace, params }) => workspace.flows.get(params.id),
  saveFlow: ({ workspace, actor, params, body }) =>
    workspace.flows.save(actor, params.id, body.revision, body.flow),
  async deleteFlow({ workspace, actor, params, query }) {
    await workspace.flows.delete(actor, params.id, query.revision);
    return OK;
  },
  validateFlow: async ({ workspace, params }) => ({
    problems: [...(await workspace.flows.problems(params.id))],
  }),
  versions: ({ workspace, params }) => workspace.flows.versions(params.id),
  version: ({ workspace, params }) => workspace.flows.version(params.id, params.version),
};

const deploymentHandlers: Some<'deployments' | 'deploy' | 'stopFlow' | 'startFlow'> = {
  deployments: ({ workspace }) => workspace.deployments.list(),
  deploy: ({ workspace, actor, body }) =>
    'version' in body
      ? workspace.flows.deployVersion(actor, body.flow, body.version, body.reset)
      : workspace.flows.deployDraft(actor, body.flow, body.revision, body.note, body.reset),
  async stopFlow({ workspace, actor, params: { id } }) {
    const deployment = await workspace.deployments.stop(id);
    workspace.noteOfDone(actor, 'flow.stop', id);
    return deployment;
  },
  startFlow({ workspace, actor, params: { id } }) {
    if (workspace.deployments.get(id) !== undefined) workspace.note(actor, 'flow.start', id);
    return workspace.deployments.start(id);
  },
};

const deviceHandlers: Some<'devices' | 'device' | 'saveDevice'> = {
  devices: ({ workspace }) => workspace.devices.list(),
  device: ({ workspace, params }) => workspace.devices.get(params.id),
  saveDevice({ workspace, actor, params, body }) {
    return workspace.atomically(() => {
      const { name, model, tags } = workspace.devices.get(params.id);
      const edited = workspace.devices.edit(params.id, body);
      const after = { model: edited.model, tags: edited.tags };
      workspace.note(actor, 'device.edit', params.id, {
        name: edited.name,
        ...changed({ model, tags }, after),
        ...(name !== edited.name && { before: name }),
      });
      return edited;
    });
  },
};

const connectionHandlers: Some<'connections' | 'createConnection' | 'saveConnection' | 'deleteConnection'> = {
  connections: ({ workspace }) => workspace.connections.list(),
  createConnection: ({ workspace, actor, body }) => workspace.connections.create(actor, body),
  saveConnection: ({ workspace, actor, params, body }) => workspace.connections.save(actor, params.id, body),
  deleteConnection({ workspace, actor, params, query }) {
    workspace.connections.delete(actor, params.id, query.revision);
    return OK;
  },
};

const alarmHandlers: Some<'alarms'> = {
  alarms: ({ workspace, query }) => workspace.alarms.list(query.state),
};

/** Until there is an account nothing else answers. */
export function firstStartNeeded(): SluiceError {
  return new SluiceError(
    'first-start-needed',
    'There is no account yet. Open the link that Sluice printed when it started, and make the first one.',
  );
}
