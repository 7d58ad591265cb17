import type { LogEntry } from '@sluice/shared/protocol/live.ts';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Bug, Info, Terminal, TriangleAlert } from 'lucide-react';
import { type KeyboardEvent, useRef } from 'react';
import { describeNode } from '../flow/describe.ts';
import { useDocument, useEditor } from '../flow/EditorContext.tsx';
import { classes } from '../ui/classes.ts';
import { formatClock } from '../ui/formatTime.ts';
import { messageLine } from './messageTree.ts';

const ROW_PX = 28;

export interface LogListProps {
  readonly entries: readonly LogEntry[];
  readonly chosen: LogEntry | undefined;
  readonly onChoose: (entry: LogEntry) => void;
}

/** Entries as lines; only those on the screen are drawn. Arrow keys go through them. */
export function LogList({ entries, chosen, onChoose }: LogListProps) {
  const place = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: entries.length,
    getScrollElement: () => place.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  });
  const step = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const at =
      Math.max(
        0,
        entries.findIndex(({ id }) => id === chosen?.id),
      ) + (chosen === undefined ? 0 : by);
    const next = entries[Math.min(entries.length - 1, Math.max(0, at))];
    if (next === undefined) return;
    onChoose(next);
    rows.scrollToIndex(entries.indexOf(next));
  };
  return (
    <div
      ref={place}
      role="listbox"
      aria-label="Messages, newest first"
      aria-activedescendant={chosen === undefined ? undefined : `log-${chosen.id}`}
      tabIndex={0}
      onKeyDown={step}
      className="h-full overflow-auto focus-visible:-outline-offset-2"
    >
      <div className="relative w-full" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => {
          const entry = entries[row.index];
          if (entry === undefined) return null;
          return (
            <Row
              key={entry.id}
              entry={entry}
              top={row.start}
              isChosen={entry.id === chosen?.id}
              onChoose={() => onChoose(entry)}
            />
          );
        })}
      </div>
    </div>
  );
}

const ICONS = {
  debug: <Bug size={14} className="text-ink-faint" aria-label="Debug" />,
  error: <TriangleAlert size={14} className="text-danger" aria-label="Error" />,
  log: <Terminal size={14} className="text-ink-faint" aria-label="Printed by code" />,
  notice: <Info size={14} className="text-notice" aria-label="Notice" />,
} as const;

interface RowProps {
  readonly entry: LogEntry;
  readonly top: number;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function Row({ entry, top, isChosen, onChoose }: RowProps) {
  const { catalog } = useEditor();
  const node = useDocument(({ flow }) => flow.nodes.find(({ id }) => id === entry.node));
  const { message } = entry;
  return (
    // The list box has the focus and the keys; a row only takes the mouse.
    <div
      id={`log-${entry.id}`}
      role="option"
      aria-selected={isChosen}
      tabIndex={-1}
      onClick={onChoose}
      style={{ height: ROW_PX, transform: `translateY(${top}px)` }}
      className={classes(
        'absolute inset-x-0 top-0 flex items-center gap-3 border-b border-line px-3 text-small',
        isChosen ? 'bg-selected' : 'hover:bg-hover',
      )}
    >
      {ICONS[entry.kind]}
      <span className="shrink-0 text-ink-soft tabular-nums">{formatClock(entry.at)}</span>
      <span className="w-32 shrink-0 truncate">
        {node === undefined ? '' : describeNode(node, catalog).name}
      </span>
      {message?.device !== undefined && <span className="shrink-0 text-ink-soft">{message.device}</span>}
      <span
        className={classes('min-w-0 flex-1 truncate', entry.kind === 'error' ? 'text-danger' : 'font-mono')}
      >
        {entry.kind === 'debug' && message !== undefined ? messageLine(message) : entry.text}
      </span>
    </div>
  );
}
