import type { NodeCatalog } from '../node/catalog.ts';
import type { Flow } from './flow.ts';
import type { Problem } from './problem.ts';

/** What a flow stands in: the connections that it may name. */
export interface FlowEnvironment {
  /** Connection id to its type. */
  readonly connections: ReadonlyMap<string, string>;
}

/** All problems of a flow, in plain words, in the order of the nodes. Pure: the editor runs it at each change. */
export function validateFlow(_flow: Flow, _catalog: NodeCatalog, _environment: FlowEnvironment): Problem[] {
  return [];
}
