import type { Handlers } from '../http/mount.ts';

const OK = { ok: true } as const;

/** State and timers of nodes, what waits for targets, and traces. */
export const stateHandlers: Pick<
  Handlers,
  | 'nodeState'
  | 'setNodeState'
  | 'clearNodeStateKey'
  | 'clearNodeState'
  | 'carriedState'
  | 'outboxes'
  | 'clearOutbox'
  | 'startTrace'
  | 'traces'
> = {
  nodeState: ({ workspace, params, query }) => workspace.nodeStates.page(params.id, params.node, query),
  async setNodeState({ workspace, actor, params: { id, node, key }, body }) {
    await workspace.nodeStates.set(actor, id, node, key, body.state);
    return OK;
  },
  async clearNodeStateKey({ workspace, actor, params: { id, node, key } }) {
    await workspace.nodeStates.clear(actor, id, node, key);
    return OK;
  },
  clearNodeState: async ({ workspace, actor, params }) => ({
    cleared: await workspace.nodeStates.clearAll(actor, params.id, params.node),
  }),
  carriedState: ({ workspace, params }) => workspace.nodeStates.carried(params.id),
  outboxes: ({ workspace }) => workspace.outboxes.list(),
  clearOutbox: async ({ workspace, actor, params }) => ({
    dropped: await workspace.outboxes.clear(actor, params.id, params.node),
  }),
  async startTrace({ workspace, params, body }) {
    await workspace.traces.start(params.id, body);
    return OK;
  },
  traces: ({ workspace, params }) => workspace.traces.list(params.id),
};
