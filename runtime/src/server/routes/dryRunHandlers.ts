import type { Handlers } from '../http/mount.ts';

/** Flows run dry, their scenarios, and messages to run them on. */
export const dryRunHandlers: Pick<Handlers, 'dryRun' | 'runScenarios' | 'recentInputs'> = {
  dryRun: ({ workspace, params, body }) => workspace.dryRunning.run(params.id, body),
  runScenarios: ({ workspace, params, body }) => workspace.dryRunning.runScenarios(params.id, body),
  recentInputs: ({ workspace, params }) => workspace.dryRunning.recentInputs(params.id),
};
