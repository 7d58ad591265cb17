import { compile } from '../compile.ts';
import type { Plan } from '../plan.ts';
import { simulationCatalog } from './nodeTypes.ts';
import type { Rig, Tuning, Variant } from './rig.ts';

/** One version of a rig, ready to run. */
export function planOf(rig: Rig, tuning: Tuning, variant: Variant): Plan {
  const compiled = compile(rig.draw(tuning, variant), simulationCatalog, { connections: new Map() });
  if (compiled.ok) return compiled.plan;
  throw new Error(compiled.problems.map(({ sentence }) => sentence).join(' '));
}

/** Whether the source is set to the same in both: then its connection has to stay open over a swap (EN12). */
export function hasSameSource(one: Variant, other: Variant): boolean {
  return sourceOf(one) === sourceOf(other);
}

/** Variants whose source is another one than that of all others. */
const SOURCES: readonly Variant[] = ['other-client', 'renamed', 'unstartable'];

function sourceOf(variant: Variant): Variant {
  return SOURCES.find((own) => own === variant) ?? 'plain';
}
