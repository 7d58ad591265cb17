/** The trend of one device at one node: the newest value last. */
export interface Trend {
  /** The device that was seen first; values of others would make the line jump. */
  readonly device: string | undefined;
  readonly values: readonly number[];
}

const MOST_VALUES = 32;

/** The trend with one more value, or as it was when the value is of another device. */
export function withValue(trend: Trend | undefined, device: string | undefined, value: number): Trend {
  if (trend === undefined) return { device, values: [value] };
  if (trend.device !== device) return trend;
  return { device, values: [...trend.values, value].slice(-MOST_VALUES) };
}

/**
 * Points of an SVG polyline in a box of this size (px), the newest value at the right. Values that are all the same
 * make a line in the middle. Empty for fewer than two.
 */
export function sparkPoints(values: readonly number[], width: number, height: number): string {
  if (values.length < 2) return '';
  const least = Math.min(...values);
  const span = Math.max(...values) - least;
  const step = width / (values.length - 1);
  return values
    .map((value, index) => {
      const y = span === 0 ? height / 2 : height - ((value - least) / span) * height;
      return `${(index * step).toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}
