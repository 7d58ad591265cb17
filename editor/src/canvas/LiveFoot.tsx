import { useEffect, useRef } from 'react';
import { count } from '../flow/count.ts';
import { useEditor, useLive } from '../flow/EditorContext.tsx';
import type { WireLive } from '../state/live.ts';
import { formatRate } from '../ui/formatValue.ts';
import { StatusDot, type Status } from '../ui/StatusDot.tsx';
import { shortValue } from './shownValue.ts';

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

/** The foot of a node: its last value and rate, written by reference; or its state, when that is not simply "ok". */
export function LiveFoot({ node, watched, empty }: LiveFootProps) {
  const status = useLive((state) => state.nodes[node]);
  if (status !== undefined && status.state !== 'ok') {
    return (
      <span className="min-w-0 truncate text-small" title={status.text}>
        <StatusDot status={STATUS[status.state]} word={status.text} />
      </span>
    );
  }
  return <LastValue watched={watched} empty={empty} />;
}

function LastValue({ watched, empty }: Omit<LiveFootProps, 'node'>) {
  const { live } = useEditor();
  const value = useRef<HTMLSpanElement>(null);
  const rate = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const write = () => {
      const wires = watched.map((key) => live.wire(key));
      const passed = Math.max(0, ...wires.map((wire) => wire.count));
      const perSecond = Math.max(0, ...wires.map((wire) => wire.rate));
      setText(value.current, lastOf(wires) ?? (passed === 0 ? empty : count(passed, 'message')));
      setText(rate.current, passed === 0 ? '' : formatRate(perSecond * 60));
    };
    write();
    const stops = watched.map((key) => live.onWire(key, write));
    return () => stops.forEach((stop) => stop());
  }, [live, watched, empty]);
  return (
    <>
      <span ref={value} className="min-w-0 truncate text-ink-soft tabular-nums" />
      <span ref={rate} className="shrink-0 text-ink-faint tabular-nums" />
    </>
  );
}

/** The newest value of several wires: that of the message with the latest time. */
function lastOf(wires: readonly WireLive[]): string | undefined {
  const messages = wires.flatMap((wire) => wire.recent.slice(0, 1));
  const newest = messages.reduce<(typeof messages)[number] | undefined>(
    (best, message) => (best === undefined || message.time >= best.time ? message : best),
    undefined,
  );
  return newest === undefined ? undefined : shortValue(newest, 22);
}

/** Touches the page only where the text is another one. */
export function setText(element: Element | null, text: string): void {
  if (element !== null && element.textContent !== text) element.textContent = text;
}
