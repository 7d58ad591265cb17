import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { FlowResource } from '@sluice/shared/protocol/http.ts';
import { FIRST_WORKSPACE } from '../accounts/accounts.ts';
import { SLUICE_ITSELF } from '../actor.ts';
import type { Log } from '../http/problem.ts';
import type { Workspace, Workspaces } from '../workspace.ts';

export interface StartFlowsOptions {
  readonly workspaces: Workspaces;
  /** Those with flows that ran before. */
  atWork(): readonly string[];
  /** The data folder is new. */
  readonly isNew: boolean;
  readonly isSafe: boolean;
  /** Made and deployed when the data folder is new. */
  readonly firstFlows: readonly Flow[];
  readonly log: Log;
}

/** Runners that start at the same time: each takes a processor for a moment. */
const AT_ONCE = 4;

/**
 * What ran before runs again, or is held in safe mode; on the first start the first flows are made. A workspace that
 * cannot be opened keeps no other from it.
 */
export async function startFlows(options: StartFlowsOptions): Promise<void> {
  const { workspaces, isNew, isSafe, log } = options;
  if (isSafe) log('warning', 'Safe mode: every flow is held until somebody starts it.');
  const first = workspaces.get(FIRST_WORKSPACE);
  const drafts = isNew && first !== undefined ? addFirstFlows(first, options) : [];
  if (first !== undefined && isNew && !isSafe) await deployFirstFlows(first, drafts, options);
  const waiting = [...options.atWork()];
  const startNext = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) await startIn(id, options);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, startNext));
}

async function startIn(id: string, { workspaces, isNew, isSafe, log }: StartFlowsOptions): Promise<void> {
  if (isNew) return;
  try {
    const workspace = workspaces.get(id);
    if (isSafe) workspace?.deployments.hold();
    else await workspace?.deployments.resume();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log('error', `The flows of the workspace “${id}” do not run: ${reason}`);
  }
}

function addFirstFlows({ flows }: Workspace, { firstFlows }: StartFlowsOptions): FlowResource[] {
  return firstFlows.map((flow) => flows.create(SLUICE_ITSELF, flow.name, flow));
}

/** A flow that cannot be deployed stays as a draft; why is in the log. */
async function deployFirstFlows(
  { flows }: Workspace,
  drafts: readonly FlowResource[],
  { log }: StartFlowsOptions,
): Promise<void> {
  const deploying = drafts.map(async ({ id, name, revision }) => {
    try {
      await flows.deployDraft(SLUICE_ITSELF, id, revision, '', []);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log('error', `The flow “${name}” was not deployed: ${reason}`);
    }
  });
  await Promise.all(deploying);
}
