import * as z from 'zod';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof UNITS;

const NAMES: Record<Unit, string> = { ms: 'ms', s: 's', m: 'min', h: 'h', d: 'd' };

/** A length of time as people write it in a flow file: `500ms`, `30s`, `10m`, `1h30m`, `2d`; `0s` is none. */
export const durationSchema = z
  .string()
  .regex(/^(\d+(\.\d+)?(ms|s|m|h|d))+$/, {
    error: 'Write a length of time such as 30s, 10m or 1h30m.',
    // What is none is not read any further, which takes time by the square of a run of digits.
    abort: true,
  })
  .refine((text) => toMs(text) <= 366 * UNITS.d, 'A length of time is at most 366 days.');

/** Milliseconds of a text that `durationSchema` accepts. */
export function toMs(duration: string): number {
  let total = 0;
  for (const found of duration.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(found[1]) * UNITS[found[2] as Unit];
  }
  return Math.round(total);
}

/** A length of time for reading: `10 min`, `1 h 30 min`, `none`. */
export function formatDuration(duration: string): string {
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)]
    .filter((found) => Number(found[1]) > 0)
    .map((found) => `${found[1]} ${NAMES[found[2] as Unit]}`);
  return parts.length === 0 ? 'none' : parts.join(' ');
}

/** The same for milliseconds: `1 d 2 h`. */
export function formatMs(ms: number): string {
  const parts: string[] = [];
  let left = Math.round(ms);
  for (const [unit, length] of Object.entries(UNITS).toReversed()) {
    const count = Math.floor(left / length);
    left -= count * length;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return formatDuration(parts.join(''));
}
