import type { Alarm } from '@sluice/shared/protocol/http.ts';
import type { Status } from '../ui/StatusDot.tsx';

/** Shape and colour of each severity; its word is its name. */
export const SEVERITY_STATUS: Record<Alarm['severity'], Status> = {
  critical: 'danger',
  major: 'major',
  minor: 'caution',
  warning: 'notice',
};

const RANKS: Record<Alarm['severity'], number> = { critical: 0, major: 1, minor: 2, warning: 3 };

/** The worst first, and among equals the newest. */
export function byUrgency(one: Alarm, other: Alarm): number {
  return RANKS[one.severity] - RANKS[other.severity] || other.raisedAt - one.raisedAt;
}
