import type { Aggregate, Sample } from './aggregate.ts';
import { aggregateOf, merge, ofOne } from './aggregate.ts';

/** Windows of a number of messages of one key, in the order of arrival. Sliding ones need the samples themselves. */
export type CountState =
  | { readonly kind: 'tumblingCount'; readonly all: Aggregate | null }
  | { readonly kind: 'slidingCount'; readonly samples: readonly Sample[]; readonly sinceSent: number };

export interface CountRules {
  readonly kind: CountState['kind'];
  readonly count: number;
  readonly every: number;
  readonly keepsValues: boolean;
}

/** Takes a value; `closed` is the window that it completes. State of another kind is begun anew. */
export function takeCounted(
  before: CountState | undefined,
  sample: Sample,
  rules: CountRules,
): { readonly state: CountState; readonly closed: Aggregate | undefined } {
  return rules.kind === 'tumblingCount'
    ? tumble(before?.kind === 'tumblingCount' ? before.all : null, sample, rules)
    : slide(before?.kind === 'slidingCount' ? before : { samples: [], sinceSent: 0 }, sample, rules);
}

function tumble(before: Aggregate | null, sample: Sample, { count, keepsValues }: CountRules) {
  const one = ofOne(sample, keepsValues);
  const all = before === null ? one : merge(before, one);
  const isFull = all.count >= count;
  return {
    state: { kind: 'tumblingCount', all: isFull ? null : all } as const,
    closed: isFull ? all : undefined,
  };
}

function slide(
  before: { readonly samples: readonly Sample[]; readonly sinceSent: number },
  sample: Sample,
  { count, every, keepsValues }: CountRules,
) {
  const samples = [...before.samples.slice(-(count - 1) || before.samples.length), sample];
  const sinceSent = before.sinceSent + 1;
  // The first window is sent as soon as there are enough messages for it.
  const isDue = samples.length === count && (before.samples.length < count || sinceSent >= every);
  return {
    state: { kind: 'slidingCount', samples, sinceSent: isDue ? 0 : sinceSent } as const,
    closed: isDue ? aggregateOf(samples, keepsValues) : undefined,
  };
}
