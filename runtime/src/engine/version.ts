import type { Circuit } from './circuit.ts';
import { createCircuit } from './circuit.ts';
import type { Plan } from './plan.ts';

/** One version of a flow at work. */
export interface Version {
  readonly plan: Plan;
  readonly circuit: Circuit;
  /** The index of each node in this version, by id. */
  readonly indexes: ReadonlyMap<string, number>;
}

export function createVersion(plan: Plan): Version {
  return {
    plan,
    circuit: createCircuit(plan),
    indexes: new Map(plan.nodes.map(({ id, index }) => [id, index])),
  };
}

/** Numbers for nodes that stay the same over all versions of a flow, as long as it runs. */
export interface Slots {
  of(node: string): number;
  idOf(slot: number): string;
}

export function createSlots(): Slots {
  const slots = new Map<string, number>();
  const ids: string[] = [];
  return {
    of: (node) => {
      const known = slots.get(node);
      if (known !== undefined) return known;
      slots.set(node, ids.length);
      return ids.push(node) - 1;
    },
    idOf: (slot) => ids[slot] ?? '',
  };
}
