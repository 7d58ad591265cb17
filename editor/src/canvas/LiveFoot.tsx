import { useEffect, useRef } from 'react';
import { count } from '../flow/count.ts';
import { useEditor, useLive } from '../flow/EditorContext.tsx';
import { outboxFoot } from '../flow/outboxWords.ts';
import type { ShownMessage } from '@sluice/shared/protocol/shown.ts';
import type { Outbox } from '@sluice/shared/protocol/running.ts';
import { useNow } from '../state/clock.ts';
import type { WireLive } from '../state/live.ts';
import { formatRate } from '../ui/formatValue.ts';
import { StatusDot, type Status } from '../ui/StatusDot.tsx';
import { readingOf, shortValue } from './shownValue.ts';
import { sparkPoints, type Trend, withValue } from './sparkline.ts';

export interface LiveFootProps {
  readonly node: string;
  readonly watched: readonly string[];
  /** What stands there while nothing has come yet. */
  readonly empty: string;
}

const STATUS: Record<'waiting' | 'warning' | 'error', Status> = {
  waiting: 'busy',
  warning: 'caution',
  error: 'danger',
};

const SPARK_WIDTH = 32;
const SPARK_HEIGHT = 12;

/**
 * The foot of a node: its last value, the trend of one device and the rate, written by reference; or its state, when that
 * is not simply "ok"; or what waits for its target.
 */
export function LiveFoot({ node, watched, empty }: LiveFootProps) {
  const status = useLive((state) => state.nodes[node]);
  const outbox = useLive((state) => state.outboxes[node]);
  if (outbox !== undefined && (outbox.waiting > 0 || outbox.state === 'full')) {
    return <WaitingFoot outbox={outbox} />;
  }
  if (status !== undefined && status.state !== 'ok') {
    return (
      <span className="min-w-0 truncate text-small" title={status.text}>
        <StatusDot status={STATUS[status.state]} word={status.text} />
      </span>
    );
  }
  return <LastValue watched={watched} empty={empty} />;
}

/** Messages wait for the target: it is a warning until they are on their way. */
function WaitingFoot({ outbox }: { readonly outbox: Outbox }) {
  const word = outboxFoot(outbox, useNow()) ?? '';
  return (
    <span className="min-w-0 truncate text-small tabular-nums" title={outbox.sentence}>
      <StatusDot status={outbox.state === 'sending' ? 'busy' : 'caution'} word={word} />
    </span>
  );
}

function LastValue({ watched, empty }: Omit<LiveFootProps, 'node'>) {
  const { live } = useEditor();
  const value = useRef<HTMLSpanElement>(null);
  const rate = useRef<HTMLSpanElement>(null);
  const spark = useRef<SVGSVGElement>(null);
  const line = useRef<SVGPolylineElement>(null);
  useEffect(() => {
    let seen: ShownMessage | undefined;
    let trend: Trend | undefined;
    const write = () => {
      const wires = watched.map((key) => live.wire(key));
      const passed = Math.max(0, ...wires.map((wire) => wire.count));
      const perSecond = Math.max(0, ...wires.map((wire) => wire.rate));
      const newest = newestOf(wires);
      const text = newest === undefined ? undefined : shortValue(newest, 24);
      setText(value.current, text ?? (passed === 0 ? empty : count(passed, 'message')));
      const reading = newest === undefined || newest === seen ? undefined : readingOf(newest);
      seen = newest;
      if (reading !== undefined) {
        trend = withValue(trend, newest?.device, reading.value);
        line.current?.setAttribute('points', sparkPoints(trend.values, SPARK_WIDTH, SPARK_HEIGHT));
        spark.current?.classList.toggle('hidden', trend.values.length < 2);
      }
      setText(rate.current, passed === 0 ? '' : formatRate(perSecond * 60));
    };
    write();
    const stops = watched.map((key) => live.onWire(key, write));
    return () => stops.forEach((stop) => stop());
  }, [live, watched, empty]);
  return (
    <>
      <span ref={value} className="min-w-0 truncate text-ink-soft tabular-nums" />
      <span className="flex shrink-0 items-center gap-2">
        <svg
          ref={spark}
          width={SPARK_WIDTH}
          height={SPARK_HEIGHT}
          aria-hidden="true"
          className="hidden overflow-visible"
        >
          <polyline ref={line} fill="none" stroke="currentColor" className="text-ink-faint" />
        </svg>
        <span ref={rate} className="text-ink-faint tabular-nums" />
      </span>
    </>
  );
}

/** The newest message of several wires. */
function newestOf(wires: readonly WireLive[]): ShownMessage | undefined {
  const messages = wires.flatMap((wire) => wire.recent.slice(0, 1));
  return messages.reduce<ShownMessage | undefined>(
    (best, message) => (best === undefined || message.time >= best.time ? message : best),
    undefined,
  );
}

/** Touches the page only where the text is another one. */
export function setText(element: Element | null, text: string): void {
  if (element !== null && element.textContent !== text) element.textContent = text;
}
