import type { AnyNodeDefinition } from './defineNode.ts';
import type { AnyNodeForm } from './form.ts';

/** All that is known of a node type without running it. */
export interface CatalogEntry {
  readonly definition: AnyNodeDefinition;
  readonly form: AnyNodeForm;
}

/** Every node type, by its type name, in the order of the palette. */
export type NodeCatalog = ReadonlyMap<string, CatalogEntry>;
