import type { Device } from '@sluice/shared/protocol/http.ts';

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

/** Whether a device has been quiet for longer than is usual for it. */
export function isSilent(device: Pick<Device, 'rate' | 'lastSeen'>, now: number): boolean {
  return now - device.lastSeen > silentAfterMs(device);
}
