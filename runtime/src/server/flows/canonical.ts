import { createHash } from 'node:crypto';
import type { Flow } from '@sluice/shared/flow/flow.ts';

/** JSON with the keys of every object in order, so that the same flow always gives the same text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? sorted(inner) : inner,
  );
}

function sorted(object: object): object {
  return Object.fromEntries(Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** SHA-256 of the canonical flow, hex: the same for flows that are the same. */
export function hashOfFlow(flow: Flow): string {
  return createHash('sha256').update(canonicalJson(flow)).digest('hex');
}
