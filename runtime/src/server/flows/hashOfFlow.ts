import { createHash } from 'node:crypto';
import { canonicalJson } from '@sluice/shared/deploy/canonical.ts';
import type { Flow } from '@sluice/shared/flow/flow.ts';

/** SHA-256 of the canonical flow, hex: the same for flows that are the same. */
export function hashOfFlow(flow: Flow): string {
  return createHash('sha256').update(canonicalJson(flow)).digest('hex');
}
