/**
 * What is known of a set of values with their times: enough to compute every result, and of a size that does not grow
 * with the set, but for `values`, which is kept for median and percentile only. JSON, so that it can be state.
 */
export type Aggregate = {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly first: Sample;
  readonly last: Sample;
  readonly mean: number;
  /** Sum of squares of the differences from the mean. */
  readonly squares: number;
  readonly meanTime: number;
  /** The same of the times, and the sum of products of both differences. */
  readonly timeSquares: number;
  readonly products: number;
  readonly values: readonly number[] | null;
};
export type Sample = { readonly time: number; readonly value: number };

/** The aggregate of one value. Times are in ms. */
export function ofOne({ time, value }: Sample, keepsValues: boolean): Aggregate {
  return {
    count: 1,
    sum: value,
    min: value,
    max: value,
    first: { time, value },
    last: { time, value },
    mean: value,
    squares: 0,
    meanTime: time,
    timeSquares: 0,
    products: 0,
    values: keepsValues ? [value] : null,
  };
}

/**
 * The aggregate of two sets; of equal times those of `one` count as earlier. Mean, squares and products by Chan, Golub,
 * LeVeque (1979), “Updating formulae and a pairwise algorithm for computing sample variances”, (2.1): it loses no digits
 * where the spread is small beside the mean, as the textbook formula does.
 */
export function merge(one: Aggregate, other: Aggregate): Aggregate {
  const count = one.count + other.count;
  const weight = (one.count * other.count) / count;
  const share = other.count / count;
  const apart = other.mean - one.mean;
  const timeApart = other.meanTime - one.meanTime;
  return {
    count,
    sum: one.sum + other.sum,
    min: Math.min(one.min, other.min),
    max: Math.max(one.max, other.max),
    first: other.first.time < one.first.time ? other.first : one.first,
    last: other.last.time < one.last.time ? one.last : other.last,
    mean: one.mean + apart * share,
    squares: one.squares + other.squares + apart * apart * weight,
    meanTime: one.meanTime + timeApart * share,
    timeSquares: one.timeSquares + other.timeSquares + timeApart * timeApart * weight,
    products: one.products + other.products + apart * timeApart * weight,
    values: one.values === null || other.values === null ? null : [...one.values, ...other.values],
  };
}

/** The aggregate of all samples, in their order; `undefined` of none. */
export function aggregateOf(samples: readonly Sample[], keepsValues: boolean): Aggregate | undefined {
  let all: Aggregate | undefined;
  for (const sample of samples) {
    const one = ofOne(sample, false);
    all = all === undefined ? one : merge(all, one);
  }
  return all === undefined || !keepsValues ? all : { ...all, values: samples.map(({ value }) => value) };
}

export type Calculation =
  | 'count'
  | 'sum'
  | 'mean'
  | 'min'
  | 'max'
  | 'median'
  | 'percentile'
  | 'standardDeviation'
  | 'first'
  | 'last'
  | 'slope';

/** `percent` from 0 to 100; `slopeMs` is the time that a slope is given per. */
export interface Parameters {
  readonly percent: number;
  readonly slopeMs: number;
}

/**
 * The result; `null` where it is not defined: the standard deviation of one value, the slope of values of one time.
 * Throws nothing. Standard deviation is that of a sample, √(Σ(x − mean)² / (n − 1)); slope is the least-squares line.
 */
export function calculate(
  calculation: Calculation,
  all: Aggregate,
  { percent, slopeMs }: Parameters,
): number | null {
  switch (calculation) {
    case 'count':
    case 'sum':
    case 'mean':
    case 'min':
    case 'max':
      return all[calculation];
    case 'first':
    case 'last':
      return all[calculation].value;
    case 'median':
      return percentileOf(all.values ?? [], 50);
    case 'percentile':
      return percentileOf(all.values ?? [], percent);
    case 'standardDeviation':
      return all.count < 2 ? null : Math.sqrt(all.squares / (all.count - 1));
    case 'slope':
      return all.timeSquares === 0 ? null : (all.products / all.timeSquares) * slopeMs;
  }
}

/**
 * Percentile with linear interpolation between the two nearest ranks: definition 7 of Hyndman and Fan (1996), the one of
 * Excel's PERCENTILE.INC and NumPy's default. `null` of no values.
 */
export function percentileOf(values: readonly number[], percent: number): number | null {
  const sorted = Float64Array.from(values).sort();
  const rank = (sorted.length - 1) * (percent / 100);
  const below = sorted[Math.floor(rank)];
  const above = sorted[Math.ceil(rank)];
  if (below === undefined || above === undefined) return null;
  return below + (above - below) * (rank - Math.floor(rank));
}
