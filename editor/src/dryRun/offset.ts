const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;
const NAMES = { d: 'd', h: 'h', m: 'min', s: 's', ms: 'ms' } as const;

/** Milliseconds as settings write a length of time: `1h30m`; `0s` is none. */
export function durationText(ms: number): string {
  const parts = partsOf(ms).map(([unit, amount]) => `${amount}${unit}`);
  return parts.length === 0 ? '0s' : parts.join('');
}

/** A moment of a test, counted from its start: `at the start`, `+10 min`, `+1 h 30 min`. */
export function offsetText(ms: number): string {
  const parts = partsOf(ms).map(([unit, amount]) => `${amount} ${NAMES[unit]}`);
  return parts.length === 0 ? 'at the start' : `+${parts.join(' ')}`;
}

function partsOf(ms: number): [keyof typeof NAMES, number][] {
  let left = Math.max(0, Math.round(ms));
  return UNITS.flatMap(([unit, size]): [keyof typeof NAMES, number][] => {
    const amount = Math.floor(left / size);
    left -= amount * size;
    return amount === 0 ? [] : [[unit, amount]];
  });
}
