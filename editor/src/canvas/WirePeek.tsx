import { useEffect, useState } from 'react';
import { useEditor } from '../flow/EditorContext.tsx';
import { useNow } from '../state/clock.ts';
import { formatAgo } from '../ui/formatTime.ts';
import { formatNumber, formatRate } from '../ui/formatValue.ts';
import { payloadLine } from './shownValue.ts';

export interface WirePeekProps {
  readonly wire: string;
  /** In the canvas' own box. */
  readonly at: { readonly x: number; readonly y: number };
}

/** The last five messages of the wire under the mouse. */
export function WirePeek({ wire, at }: WirePeekProps) {
  const { live } = useEditor();
  const now = useNow();
  const [, setFrame] = useState(0);
  useEffect(() => live.onWire(wire, () => setFrame((frame) => frame + 1)), [live, wire]);
  const { count, rate, recent } = live.wire(wire);
  return (
    <div
      role="status"
      className="pointer-events-none absolute z-20 w-72 rounded-md border border-line bg-raised p-2 text-small shadow-raised"
      style={{ left: at.x, top: at.y }}
    >
      <p className="flex justify-between gap-2 px-1 pb-1 text-ink-soft tabular-nums">
        <span>{formatNumber(count)} messages</span>
        <span>{formatRate(rate * 60)}</span>
      </p>
      {recent.length === 0 ? (
        <p className="px-1 text-ink-faint">No message has passed yet.</p>
      ) : (
        recent.map((message, index) => (
          <p key={`${count - index}`} className="flex gap-2 px-1 py-0.5">
            <span className="min-w-0 flex-1 truncate tabular-nums">
              {message.device !== undefined && <span className="text-ink-soft">{message.device} · </span>}
              {payloadLine(message)}
            </span>
            <span className="shrink-0 text-ink-faint">{formatAgo(message.time, now)}</span>
          </p>
        ))
      )}
    </div>
  );
}
