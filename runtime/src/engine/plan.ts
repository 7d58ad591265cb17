import type { CatalogEntry } from '@sluice/shared/node/catalog.ts';
import type { PortDefinition, WaitPolicy } from '@sluice/shared/node/defineNode.ts';

/** A flow compiled for running (EN1). Plain data: nodes in topological order, wires as indexes into them. */
export interface Plan {
  readonly flow: { readonly id: string; readonly name: string };
  readonly nodes: readonly PlannedNode[];
  /** Indexes of the `catch` nodes. */
  readonly catches: readonly number[];
}

export interface PlannedNode {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly entry: CatalogEntry;
  /** The settings, parsed by the definition's schema. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Sources of the JSONata expressions in the settings; a node with any is evaluated ahead in the sandbox (EN13). */
  readonly expressions: readonly string[];
  readonly outputs: readonly PlannedOutput[];
  readonly wait: WaitPolicy | undefined;
}

export interface PlannedOutput {
  readonly port: PortDefinition;
  readonly wires: readonly PlannedWire[];
}

interface PlannedWire {
  /** `wireKey` of the wire. */
  readonly key: string;
  readonly to: number;
  readonly toPort: string;
}
