import type { Scenario } from '@sluice/shared/flow/flow.ts';
import { toMs } from '@sluice/shared/message/duration.ts';
import type { Message } from '@sluice/shared/message/message.ts';

/** A message that came to a node. For a sink this is what it was handed. */
export interface Arrival {
  readonly node: string;
  /** The input; a node that waits and has several is not told which. */
  readonly port: string | undefined;
  readonly at: number;
  readonly message: Message;
}

export type Expectation = Scenario['expect'][number];

/** Where what came differs from what was expected: one of the two is missing, or both are there and do not fit. */
export interface Mismatch {
  readonly node: string;
  /** Counted from 1, at this node. */
  readonly number: number;
  readonly expected: Expectation | undefined;
  readonly got: Arrival | undefined;
  /** What does not fit, in words. */
  readonly sentence: string;
}

/** How far from its time an expected message may come: a sink may have to wait for a commit first. */
const TOLERANCE_MS = 1_000;

/**
 * Compares node by node, in order: what arrived at a node that is named has to be what is written, no more and no less.
 * Only what is written is compared; a time of `0s` is taken for not written. `ends` are the nodes that must get nothing
 * when a scenario expects nothing at all.
 */
export function compare(
  expected: readonly Expectation[],
  arrivals: readonly Arrival[],
  start: number,
  ends: readonly string[],
): readonly Mismatch[] {
  const nodes = expected.length === 0 ? ends : [...new Set(expected.map(({ node }) => node))];
  return nodes.flatMap((node) => {
    const wanted = expected.filter((expectation) => expectation.node === node);
    const came = arrivals.filter((arrival) => arrival.node === node);
    const length = Math.max(wanted.length, came.length);
    return Array.from({ length }, (_, index) =>
      mismatchOf(node, index, wanted[index], came[index], start),
    ).filter((mismatch) => mismatch !== undefined);
  });
}

function mismatchOf(
  node: string,
  index: number,
  expected: Expectation | undefined,
  got: Arrival | undefined,
  start: number,
): Mismatch | undefined {
  const sentence = difference(expected, got, start);
  return sentence === undefined ? undefined : { node, number: index + 1, expected, got, sentence };
}

function difference(
  expected: Expectation | undefined,
  got: Arrival | undefined,
  start: number,
): string | undefined {
  if (expected === undefined) return 'nothing more was expected here';
  if (got === undefined) return 'nothing came';
  const dueAt = toMs(expected.at);
  const isLate = dueAt > 0 && Math.abs(got.at - start - dueAt) > TOLERANCE_MS;
  if (isLate) return `it came after ${(got.at - start) / 1_000} s, and ${dueAt / 1_000} s was expected`;
  if (expected.port !== undefined && got.port !== undefined && expected.port !== got.port)
    return `it came in by “${got.port}”, and “${expected.port}” was expected`;
  return firstDifference(expected.message, got.message, '');
}

/** The first field that is written in `expected` and is not the same in `got`, as a sentence. */
function firstDifference(expected: unknown, got: unknown, path: string): string | undefined {
  if (isRecord(expected) && isRecord(got)) {
    for (const [key, value] of Object.entries(expected)) {
      if (value === undefined) continue;
      const found = firstDifference(value, Object.hasOwn(got, key) ? got[key] : undefined, pathTo(path, key));
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (Array.isArray(expected) && Array.isArray(got) && expected.length === got.length) {
    for (const [index, value] of expected.entries()) {
      const found = firstDifference(value, got[index], `${path}[${index}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (isSame(expected, got)) return undefined;
  return `${path} is ${shown(got)}, and ${shown(expected)} was expected`;
}

function isSame(expected: unknown, got: unknown): boolean {
  if (typeof expected === 'number' && typeof got === 'number')
    // Sums of decimals differ in the last digits by the order they were added in.
    return Math.abs(expected - got) <= 1e-9 * Math.max(1, Math.abs(expected));
  return Object.is(expected, got);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

function pathTo(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}
