import { isDeepStrictEqual } from 'node:util';
import type { CarriedState } from '@sluice/shared/protocol/running.ts';
import type { Plan, PlannedNode } from './plan.ts';

/**
 * What becomes of the nodes of a flow when it goes on with another version (EN12). `same`: nothing of the node changed,
 * so it runs on as it is. `kept`: it is made anew and goes on with its state and timers. `reset`: it is made anew and
 * begins with nothing.
 */
export type Fate = 'same' | 'kept' | 'reset';

export interface PlanChange {
  /** By node id, for the nodes of the next version. */
  readonly fates: ReadonlyMap<string, Fate>;
  /** Nodes that the next version does not have. */
  readonly gone: readonly string[];
}

/** Compares two versions of a flow. Nodes in `reset` begin anew whatever they are. */
export function comparePlans(before: Plan, after: Plan, reset: readonly string[]): PlanChange {
  const earlier = new Map(before.nodes.map((node) => [node.id, node]));
  const isRenamed = before.flow.name !== after.flow.name;
  const fates = new Map(
    after.nodes.map((node): [string, Fate] => {
      const old = earlier.get(node.id);
      if (old === undefined || reset.includes(node.id) || !keepsItsState(old, node))
        return [node.id, 'reset'];
      return [node.id, !isRenamed && isSame(old, node) ? 'same' : 'kept'];
    }),
  );
  return { fates, gone: [...earlier.keys()].filter((id) => !fates.has(id)) };
}

/** What a swap does to the state and timers that are there, for those nodes that have any. */
export function carriedState(
  before: Plan,
  after: Plan,
  kept: (node: PlannedNode) => { readonly keys: number; readonly timers: number },
): readonly CarriedState[] {
  const { fates } = comparePlans(before, after, []);
  return before.nodes.flatMap((node): CarriedState[] => {
    const { keys, timers } = kept(node);
    if (keys === 0 && timers === 0) return [];
    const fate = fates.get(node.id);
    const shown = fate === undefined ? 'gone' : fate === 'reset' ? 'reset' : 'kept';
    return [{ node: node.id, name: node.name, keys, timers, fate: shown }];
  });
}

/** State means the same to a node of the same type and the same version of its state. */
function keepsItsState(before: PlannedNode, after: PlannedNode): boolean {
  const [old, next] = [before.entry.definition, after.entry.definition];
  return old.type === next.type && old.state?.version === next.state?.version;
}

function isSame(before: PlannedNode, after: PlannedNode): boolean {
  return (
    before.entry === after.entry &&
    before.name === after.name &&
    isDeepStrictEqual(before.config, after.config) &&
    isDeepStrictEqual(before.expressions, after.expressions)
  );
}
