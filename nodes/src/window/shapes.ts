import type { Aggregate } from './aggregate.ts';
import { merge } from './aggregate.ts';

/** A stretch of event time and what fell into it. Windows are made of these. */
export type Pane = { readonly from: number; readonly to: number; readonly all: Aggregate };

/** Open panes in order of their ends. What ends at or before `closedTo` was given out and is closed for good. */
export type Open = { readonly panes: readonly Pane[]; readonly closedTo: number };

/** How windows lie in event time. Pure: every function gives a new `Open`. All times in ms. */
export interface Shape {
  isLate(open: Open, time: number): boolean;
  add(open: Open, time: number, one: Aggregate): Open;
  /** Closes all windows that end at or before the watermark: nothing older is expected any more. */
  close(open: Open, watermark: number): { readonly open: Open; readonly closed: readonly Pane[] };
  /** Where the watermark has to come for the next window to close. */
  nextClose(open: Open): number | undefined;
}

/**
 * Windows of `sizeMs` that end at every multiple of `slideMs` since 1970 (UTC); tumbling where both are the same. `sizeMs`
 * is a multiple of `slideMs`: each pane is one slide long and belongs to the `sizeMs / slideMs` windows that follow.
 */
export function steadyShape(sizeMs: number, slideMs: number): Shape {
  // By the ends of panes, so that panes of other lengths, kept from before the settings were changed, are not lost.
  const nextEnd = ({ panes, closedTo }: Open): number | undefined => {
    const [first] = panes;
    if (first === undefined) return undefined;
    return Math.max(
      Math.floor(closedTo / slideMs) * slideMs + slideMs,
      Math.ceil(first.to / slideMs) * slideMs,
    );
  };
  return {
    isLate: ({ closedTo }, time) => Math.floor(time / slideMs) * slideMs + sizeMs <= closedTo,
    add: (open, time, one) => {
      const from = Math.floor(time / slideMs) * slideMs;
      return { ...open, panes: inserted(open.panes, { from, to: from + slideMs, all: one }) };
    },
    close: (open, watermark) => {
      const closed: Pane[] = [];
      let left = open;
      for (let end = nextEnd(left); end !== undefined && end <= watermark; end = nextEnd(left)) {
        const to = end;
        const all = mergeAll(left.panes.filter((pane) => pane.to > to - sizeMs && pane.to <= to));
        if (all !== undefined) closed.push({ from: to - sizeMs, to, all });
        left = { closedTo: to, panes: left.panes.filter((pane) => pane.to > to + slideMs - sizeMs) };
      }
      const passed = Math.floor(watermark / slideMs) * slideMs;
      return { open: { ...left, closedTo: Math.max(left.closedTo, passed) }, closed };
    },
    nextClose: nextEnd,
  };
}

/** Adds to the pane of the same stretch, else puts a new one where it belongs; it is the last one as a rule. */
function inserted(panes: readonly Pane[], fresh: Pane): readonly Pane[] {
  const at = panes.findLastIndex((pane) => pane.to <= fresh.to);
  const found = panes[at];
  if (found === undefined || found.from !== fresh.from || found.to !== fresh.to)
    return panes.toSpliced(at + 1, 0, fresh);
  return panes.with(at, { ...found, all: merge(found.all, fresh.all) });
}

/** Windows that last for as long as values come: one ends when there is none for `gapMs`. */
export function sessionShape(gapMs: number): Shape {
  const touches = (pane: Pane, time: number) => time > pane.from - gapMs && time < pane.to + gapMs;
  return {
    isLate: ({ panes, closedTo }, time) =>
      time + gapMs <= closedTo && !panes.some((pane) => touches(pane, time)),
    add: (open, time, one) => {
      const touched = open.panes.filter((pane) => touches(pane, time));
      const all = mergeAll([...touched, { from: time, to: time, all: one }]) ?? one;
      const session = {
        from: Math.min(time, ...touched.map(({ from }) => from)),
        to: Math.max(time, ...touched.map(({ to }) => to)),
        all,
      };
      const panes = [...open.panes.filter((pane) => !touched.includes(pane)), session];
      return { ...open, panes: panes.sort((left, right) => left.to - right.to) };
    },
    close: ({ panes, closedTo }, watermark) => ({
      closed: panes.filter(({ to }) => to + gapMs <= watermark),
      open: {
        panes: panes.filter(({ to }) => to + gapMs > watermark),
        closedTo: Math.max(closedTo, watermark),
      },
    }),
    nextClose: ({ panes: [first] }) => (first === undefined ? undefined : first.to + gapMs),
  };
}

function mergeAll(panes: readonly Pane[]): Aggregate | undefined {
  let all: Aggregate | undefined;
  for (const pane of panes) all = all === undefined ? pane.all : merge(all, pane.all);
  return all;
}
