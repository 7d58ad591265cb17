import { SluiceError } from '@sluice/shared/errors.ts';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import { emptyFlow } from '@sluice/shared/flow/flow.ts';
import type { Problem } from '@sluice/shared/flow/problem.ts';
import { hasErrors } from '@sluice/shared/flow/problem.ts';
import { readFlow } from '@sluice/shared/flow/readFlow.ts';
import { sentenceOfFlow } from '@sluice/shared/flow/sentence.ts';
import type { FlowEnvironment } from '@sluice/shared/flow/environment.ts';
import { validateFlow } from '@sluice/shared/flow/validate.ts';
import type { NodeCatalog } from '@sluice/shared/node/catalog.ts';
import type { Clock } from '@sluice/shared/node/context.ts';
import type { Deployment, FlowResource, FlowSummary, Version } from '@sluice/shared/protocol/http.ts';
import type { RunnerHost } from '../../runner/runnerHost.ts';
import type { FlowStore, StoredDraft } from '../../storage/flows.ts';
import type { Actor, Note } from '../actor.ts';
import type { WorkspaceLimits } from '../limits.ts';
import { hashOfFlow } from './hashOfFlow.ts';
import type { Deployments } from './deployments.ts';

/** The flows of a workspace: drafts, versions, and the way from one to the other. */
export interface Flows {
  list(): FlowSummary[];
  /** Throws `not-found`, as all that take an id. */
  get(id: string): FlowResource;
  /** `flow` is anything that came in; one whose id is taken gets a new one. Throws `limit-reached`. */
  create(actor: Actor, name: string, flow: unknown): FlowResource;
  /** Throws `stale-revision`, with the newest in `details.current`. */
  save(actor: Actor, id: string, revision: number, flow: unknown): FlowResource;
  delete(actor: Actor, id: string, revision: number): Promise<void>;
  problems(id: string): Promise<readonly Problem[]>;
  versions(id: string): Version[];
  version(id: string, version: number): Version & { flow: Flow };
  /** Checks the draft, freezes it into a version and runs that. Throws `limit-reached`, as `deployVersion`. */
  deployDraft(
    actor: Actor,
    id: string,
    revision: number,
    note: string,
    reset: readonly string[],
  ): Promise<Deployment>;
  deployVersion(actor: Actor, id: string, version: number, reset: readonly string[]): Promise<Deployment>;
}

export interface FlowsOptions {
  readonly workspace: string;
  readonly store: FlowStore;
  readonly deployments: Deployments;
  readonly host: RunnerHost;
  readonly catalog: NodeCatalog;
  environment(): FlowEnvironment;
  readonly clock: Clock;
  newId(): string;
  readonly note: Note;
  readonly limits: Pick<WorkspaceLimits, 'checkNew' | 'checkDeploy'>;
  /** All of the work is on disk afterwards, or nothing of it. */
  atomically<T>(work: () => T): T;
}

export function createFlows(options: FlowsOptions): Flows {
  const { workspace, store, deployments, note } = options;
  const resource = (draft: StoredDraft): FlowResource => ({ ...summaryOf(draft, options), flow: draft.flow });

  function find(id: string): StoredDraft {
    const draft = store.get(workspace, id);
    if (draft === undefined) throw new SluiceError('not-found', `There is no flow “${id}”.`);
    return draft;
  }

  function findFresh(id: string, revision: number): StoredDraft {
    const draft = find(id);
    if (draft.revision !== revision) throw stale(resource(draft));
    return draft;
  }

  return {
    list: () => store.list(workspace).map((draft) => summaryOf(draft, options)),
    get: (id) => resource(find(id)),
    create(actor, name, input) {
      const read = input === undefined ? emptyFlow(slugOf(name), name) : parseFlow(input);
      const isTaken = read.id === '' || store.get(workspace, read.id) !== undefined;
      const id = isTaken ? `${read.id || 'flow'}-${options.newId().slice(0, 8)}` : read.id;
      const flow = { ...read, id, name };
      options.limits.checkNew(flow);
      const draft = draftOf(flow, 1, options.clock.now(), actor);
      options.atomically(() => {
        store.add(workspace, draft);
        note(actor, 'flow.create', id);
      });
      return resource(draft);
    },
    save(actor, id, revision, input) {
      const before = findFresh(id, revision);
      const flow = { ...parseFlow(input), id };
      if (hashOfFlow(flow) === before.hash) return resource(before);
      const draft = draftOf(flow, revision + 1, options.clock.now(), actor);
      options.atomically(() => {
        if (!store.save(workspace, draft)) throw stale(resource(find(id)));
        note(actor, 'flow.save', id, { revision: draft.revision });
      });
      return resource(draft);
    },
    async delete(actor, id, revision) {
      findFresh(id, revision);
      await deployments.forget(id);
      options.atomically(() => {
        store.delete(workspace, id);
        note(actor, 'flow.delete', id);
      });
    },
    problems: (id) => allProblems(find(id).flow, options),
    versions(id) {
      find(id);
      return store.versions(workspace, id);
    },
    version(id, number) {
      find(id);
      const version = store.version(workspace, id, number);
      if (version === undefined)
        throw new SluiceError('not-found', `The flow “${id}” has no version ${number}.`);
      return version;
    },
    async deployDraft(actor, id, revision, text, reset) {
      const draft = findFresh(id, revision);
      refuseUnknown(draft.flow, reset);
      options.limits.checkDeploy(draft.flow);
      await refuseErrors(draft.flow, options);
      const version = options.atomically(() => {
        const frozen = freeze(draft, text, actor, options);
        note(actor, 'flow.deploy', id, detailsOf(frozen, reset));
        return frozen;
      });
      return deployments.run(id, version, reset);
    },
    async deployVersion(actor, id, number, reset) {
      const { flow } = this.version(id, number);
      refuseUnknown(flow, reset);
      options.limits.checkDeploy(flow);
      await refuseErrors(flow, options);
      note(actor, 'flow.deploy', id, detailsOf(number, reset));
      return deployments.run(id, number, reset);
    },
  };
}

function summaryOf(
  draft: StoredDraft,
  { workspace, store, deployments, catalog }: FlowsOptions,
): FlowSummary {
  const { id, flow, revision, updatedAt, updatedBy } = draft;
  const deployment = deployments.get(id);
  const deployed =
    deployment === undefined
      ? undefined
      : store.versions(workspace, id).find(({ version }) => version === deployment.version);
  return {
    id,
    name: flow.name,
    ...(flow.description === undefined ? {} : { description: flow.description }),
    revision,
    updatedAt,
    updatedBy,
    nodeCount: flow.nodes.length,
    sentence: sentenceOfFlow(flow, catalog),
    changed: deployed?.hash !== draft.hash,
    ...(deployment === undefined ? {} : { deployment }),
  };
}

/** The version that holds this draft: the newest one when nothing changed since, else a new one. */
function freeze(draft: StoredDraft, text: string, actor: Actor, options: FlowsOptions): number {
  const { workspace, store, clock } = options;
  const [newest] = store.versions(workspace, draft.id);
  if (newest?.hash === draft.hash) return newest.version;
  const version = (newest?.version ?? 0) + 1;
  const { hash, flow } = draft;
  const createdAt = clock.now();
  store.addVersion(workspace, draft.id, { version, createdAt, createdBy: actor.who, note: text, hash, flow });
  return version;
}

function detailsOf(version: number, reset: readonly string[]) {
  return reset.length === 0 ? { version } : { version, reset: reset.join(', ') };
}

function refuseUnknown({ id, nodes }: Flow, reset: readonly string[]): void {
  const known = new Set(nodes.map((node) => node.id));
  const unknown = reset.find((node) => !known.has(node));
  if (unknown === undefined) return;
  throw new SluiceError(
    'invalid-input',
    `The flow “${id}” has no node “${unknown}”, so it cannot begin anew. Leave it out of “reset”.`,
  );
}

async function refuseErrors(flow: Flow, options: FlowsOptions): Promise<void> {
  const problems = await allProblems(flow, options);
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return;
  const more = errors.length > 1 ? ` And ${errors.length - 1} more.` : '';
  throw new SluiceError('invalid-flow', `${first.sentence}${more}`, { details: { problems } });
}

/** What can be seen in the drawing; when that has no error, the syntax of user code as well, which takes the sandbox. */
async function allProblems(flow: Flow, options: FlowsOptions): Promise<readonly Problem[]> {
  const seen = validateFlow(flow, options.catalog, options.environment());
  if (hasErrors(seen)) return seen;
  const answer = await options.host.check(flow);
  if (!answer.ok && answer.problems.length === 0) throw new SluiceError(answer.code, answer.sentence);
  return answer.problems;
}

function parseFlow(input: unknown): Flow {
  const read = readFlow(input);
  if (!read.ok) throw new SluiceError(read.code, read.sentence);
  return read.flow;
}

function draftOf(flow: Flow, revision: number, updatedAt: number, actor: Actor): StoredDraft {
  return { id: flow.id, flow, hash: hashOfFlow(flow), revision, updatedAt, updatedBy: actor.who };
}

function stale(current: FlowResource): SluiceError {
  return new SluiceError(
    'stale-revision',
    `${current.updatedBy} saved this flow in the meantime (revision ${current.revision}). Nothing of theirs was overwritten; look at what they changed.`,
    { details: { current } },
  );
}

/** `Freezer too warm` → `freezer-too-warm`; empty when nothing is left. */
function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60);
}
