/** One line of the table that `npm run bench` prints. */
export interface Row {
  readonly what: string;
  /** What the product took. */
  readonly value: string;
  /** What it is measured against, in the same run. */
  readonly against?: string;
  readonly ratio?: number;
  /** What it has to be. */
  readonly bar: string;
  /** Whether it is; left out where there is no bar. */
  readonly isMet?: boolean;
}

/** A row that compares two figures of which the smaller is the better. */
export function ratioRow(row: {
  what: string;
  own: number;
  peer: number | undefined;
  format: (figure: number) => string;
  /** Name of the peer. */
  against: string;
  atMost: number;
}): Row {
  const { what, own, peer, format, against, atMost } = row;
  const bar = `at most ${atMost} ×`;
  if (peer === undefined) return { what, value: format(own), against: `${against}: not measured`, bar };
  const ratio = own / peer;
  return {
    what,
    value: format(own),
    against: `${against} ${format(peer)}`,
    ratio,
    bar,
    isMet: ratio <= atMost,
  };
}

export const micros = (figure: number): string => `${figure.toFixed(2)} µs`;
export const perSecond = (figure: number): string => `${Math.round(figure)} /s`;
export const millis = (figure: number): string => `${figure.toFixed(1)} ms`;
export const megabytes = (figure: number): string => `${Math.round(figure)} MB`;

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function quantile(numbers: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(numbers).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
