import { SluiceError } from '@sluice/shared/errors.ts';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { Json } from '@sluice/shared/message/message.ts';
import { isJsonObject } from '@sluice/shared/message/message.ts';
import type { CarriedState, NodeStatePage } from '@sluice/shared/protocol/running.ts';
import { MASK } from '@sluice/shared/protocol/shown.ts';
import { stateKeyOfPath } from '@sluice/shared/protocol/stateKey.ts';
import type { Answers, StateQuestion } from '../runner/protocol.ts';
import type { RunnerHost } from '../runner/runnerHost.ts';
import type { Actor, Note } from './actor.ts';
import type { Deployments } from './flows/deployments.ts';
import type { Flows } from './flows/flows.ts';
import { maskSecrets } from '@sluice/shared/protocol/showMessage.ts';

/**
 * What the nodes of flows keep, for people to look at and to change (EN9, EN10): also while a flow does not run, and then it
 * goes on with it when it is started. All throw `not-found` for a flow that never ran or a node that keeps nothing.
 */
export interface NodeStates {
  /** Secrets in it are masked. */
  page(flow: string, node: string, options: PageOptions): Promise<NodeStatePage>;
  /** `keyInPath` as `stateKeyInPath` writes it. Refuses a value in which a secret is masked still. */
  set(actor: Actor, flow: string, node: string, keyInPath: string, state: Json): Promise<void>;
  clear(actor: Actor, flow: string, node: string, keyInPath: string): Promise<void>;
  /** How many keys were forgotten. */
  clearAll(actor: Actor, flow: string, node: string): Promise<number>;
  /** What a deploy of the draft would do to what is kept; nothing for a flow that does not run. */
  carried(flow: string): Promise<CarriedState[]>;
}

interface PageOptions {
  readonly search?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface NodeStatesOptions {
  readonly host: RunnerHost;
  readonly flows: Flows;
  readonly deployments: Deployments;
  readonly noteOfDone: Note;
}

export function createNodeStates({ host, flows, deployments, noteOfDone }: NodeStatesOptions): NodeStates {
  function isRunning(flow: string): boolean {
    return deployments.get(flow)?.state === 'running';
  }

  async function ask<Asked extends StateQuestion>(
    { id, name }: Flow,
    question: Asked,
  ): Promise<Answers[Asked['about']]> {
    const deployment = deployments.get(id);
    if (deployment?.state === 'running') return await host.ask(id, question);
    if (deployment !== undefined)
      return await host.askState(flows.version(id, deployment.version).flow, question);
    const sentence = `“${name}” never ran, so its nodes keep nothing. Deploy it first.`;
    throw new SluiceError('not-found', sentence);
  }

  return {
    async page(flow, node, { search, after, limit }) {
      const question = { about: 'state', node, search, after, limit } as const;
      const page = await ask(flows.get(flow).flow, question);
      return { ...page, entries: page.entries.map(masked) };
    },
    async set(actor, flow, node, keyInPath, state) {
      const key = readKey(keyInPath);
      refuseMask(state);
      await ask(flows.get(flow).flow, { about: 'setState', node, key, state });
      noteOfDone(actor, 'state.set', flow, { node, key });
    },
    async clear(actor, flow, node, keyInPath) {
      const key = readKey(keyInPath);
      await ask(flows.get(flow).flow, { about: 'clearState', node, key });
      noteOfDone(actor, 'state.clear', flow, { node, key });
    },
    async clearAll(actor, flow, node) {
      const cleared = await ask(flows.get(flow).flow, { about: 'clearState', node, key: undefined });
      noteOfDone(actor, 'state.clear-all', flow, { node, cleared });
      return cleared;
    },
    async carried(flow) {
      const next = flows.get(flow).flow;
      try {
        return [...(await host.ask(flow, { about: 'carried', next }))];
      } catch (error) {
        if (hasCode(error, 'not-found') && !isRunning(flow)) return [];
        throw error;
      }
    },
  };
}

function masked(entry: NodeStatePage['entries'][number]): NodeStatePage['entries'][number] {
  return entry.state === undefined ? entry : { ...entry, state: maskSecrets(entry.state) };
}

function readKey(keyInPath: string): string {
  const key = stateKeyOfPath(keyInPath);
  if (key !== undefined) return key;
  throw new SluiceError(
    'invalid-input',
    `The key ${keyInPath} begins with a quote and is no JSON text. Write a key that begins with a quote as JSON text, as "\\"a".`,
  );
}

/** What a person saw masked must not be written back in the place of the secret. */
function refuseMask(state: Json): void {
  if (!holdsMask(state)) return;
  throw new SluiceError(
    'invalid-input',
    `The value holds a secret that is masked as “${MASK}”. Write the secret itself in its place, or leave the value as it is.`,
  );
}

function holdsMask(value: Json): boolean {
  if (value === MASK) return true;
  if (Array.isArray(value)) return value.some(holdsMask);
  return isJsonObject(value) && Object.values(value).some(holdsMask);
}

function hasCode(error: unknown, code: SluiceError['code']): boolean {
  return error instanceof SluiceError && error.code === code;
}
