import type { Sample } from './aggregate.ts';
import { ofOne } from './aggregate.ts';
import type { Pane, Shape } from './shapes.ts';

/**
 * Windows of time of one key. The watermark is the latest time seen, less the time that late data is waited for; while
 * nothing comes it goes on with the clock, counted from when that latest message came. So a device whose clock is wrong
 * by an hour has right windows all the same.
 */
export type TimeState = {
  readonly kind: 'time';
  readonly panes: readonly Pane[];
  readonly closedTo: number;
  readonly latest: number;
  /** When the latest one came, by the clock. */
  readonly latestCameAt: number;
  readonly topic: string;
};

export interface TimeRules {
  readonly shape: Shape;
  readonly latenessMs: number;
  readonly keepsValues: boolean;
  /** How many values are kept at most, where they are. */
  readonly most: number;
}

export type Taken =
  | { readonly outcome: 'late' }
  | { readonly outcome: 'full' }
  | { readonly outcome: 'taken'; readonly state: TimeState; readonly closed: readonly Pane[] };

/** Takes a value that came now. */
export function takeSample(
  before: TimeState | undefined,
  sample: Sample,
  topic: string,
  now: number,
  { shape, latenessMs, keepsValues, most }: TimeRules,
): Taken {
  const from = before ?? {
    kind: 'time',
    panes: [],
    closedTo: 0,
    latest: sample.time,
    latestCameAt: now,
    topic,
  };
  if (shape.isLate(from, sample.time)) return { outcome: 'late' };
  if (keepsValues && keptIn(from.panes) >= most) return { outcome: 'full' };
  const isLatest = sample.time >= from.latest;
  const latest = isLatest ? sample.time : from.latest;
  const added = shape.add(from, sample.time, ofOne(sample, keepsValues));
  const { open, closed } = shape.close(added, latest - latenessMs);
  const latestCameAt = isLatest ? now : from.latestCameAt;
  return { outcome: 'taken', state: { kind: 'time', ...open, latest, latestCameAt, topic }, closed };
}

/** Closes what the time that has gone by closes. */
export function closeByClock(
  state: TimeState,
  now: number,
  { shape, latenessMs }: TimeRules,
): { readonly state: TimeState; readonly closed: readonly Pane[] } {
  const watermark = state.latest + (now - state.latestCameAt) - latenessMs;
  const { open, closed } = shape.close(state, watermark);
  return { state: { ...state, ...open }, closed };
}

/** When, by the clock, the next window closes if nothing more comes. */
export function closesAt(state: TimeState, { shape, latenessMs }: TimeRules): number | undefined {
  const next = shape.nextClose(state);
  return next === undefined ? undefined : state.latestCameAt + (next + latenessMs - state.latest);
}

function keptIn(panes: readonly Pane[]): number {
  let kept = 0;
  for (const { all } of panes) kept += all.values?.length ?? 0;
  return kept;
}
