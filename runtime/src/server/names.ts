import type { NodeCatalog } from '@sluice/shared/node/catalog.ts';
import type { FlowStore } from '../storage/flows.ts';
import type { Deployments } from './flows/deployments.ts';

/** What people call flows and the nodes that run in them; the id of what is gone. */
export interface Names {
  ofFlow(flow: string): string;
  ofNode(flow: string, node: string): string;
}

export interface NamesOptions {
  readonly workspace: string;
  readonly flows: FlowStore;
  readonly deployments: Deployments;
  readonly catalog: NodeCatalog;
}

export function createNames({ workspace, flows, deployments, catalog }: NamesOptions): Names {
  return {
    ofFlow: (flow) => flows.get(workspace, flow)?.flow.name ?? flow,
    ofNode(flow, node) {
      const version = deployments.get(flow)?.version;
      const running = version === undefined ? undefined : flows.version(workspace, flow, version)?.flow;
      const found = running?.nodes.find((other) => other.id === node);
      if (found === undefined) return node;
      return found.name ?? catalog.get(found.type)?.definition.title ?? node;
    },
  };
}
