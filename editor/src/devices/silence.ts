import type { Device } from '@sluice/shared/protocol/http.ts';
import { formatSpan } from '../ui/formatTime.ts';
import type { Status } from '../ui/StatusDot.tsx';

const MISSED = 3;
const AT_LEAST_MS = 60_000;
const AT_MOST_MS = 300_000;

/**
 * After how long without a message a device counts as silent: three times the pause that is usual for it by its rate,
 * at least one minute and at most five, which is the span over which the rate is taken.
 */
export function silentAfterMs(device: Pick<Device, 'rate'>): number {
  if (device.rate <= 0) return AT_MOST_MS;
  return Math.min(AT_MOST_MS, Math.max(AT_LEAST_MS, (MISSED * 60_000) / device.rate));
}

/** Whether a device has been quiet for longer than is usual for it, or for as long as it is known. */
export function isSilent(device: Presence, now: number): boolean {
  return isUnheard(device) || now - device.lastSeen > silentAfterMs(device);
}

type Presence = Pick<Device, 'rate' | 'firstSeen' | 'lastSeen' | 'measurements'>;

/** Whether a device was added and has not said anything yet, as far as that can be told from here. */
export function isUnheard({ rate, firstSeen, lastSeen, measurements }: Presence): boolean {
  return rate === 0 && firstSeen === lastSeen && Object.keys(measurements).length === 0;
}

/** What it is doing, in words; `now` in ms since the epoch. */
export function presenceOf(device: Presence, now: number): { status: Status; word: string; since?: string } {
  if (isUnheard(device)) return { status: 'idle', word: 'no values yet' };
  if (!isSilent(device, now)) return { status: 'good', word: 'reporting' };
  return { status: 'caution', word: 'silent', since: formatSpan(now - device.lastSeen) };
}
