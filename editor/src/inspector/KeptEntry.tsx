import type { StateEntry } from '@sluice/shared/protocol/running.ts';
import { Pencil, Timer, X } from 'lucide-react';
import { useNow } from '../state/clock.ts';
import { formatExact } from '../ui/formatTime.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { Time } from '../ui/Time.tsx';
import { dueIn, keptValue, keyName } from './keptState.ts';

export interface KeptEntryProps {
  readonly entry: StateEntry;
  /** Left out for those who may only look. */
  readonly onEdit?: (() => void) | undefined;
  readonly onForget?: (() => void) | undefined;
}

/** One key: what is kept for it, since when, and the timers that run. */
export function KeptEntry({ entry, onEdit, onForget }: KeptEntryProps) {
  const { key, timers, setAt } = entry;
  return (
    <div className="flex items-start gap-2 py-1.5 pr-1 pl-2">
      <div className="min-w-0 flex-1">
        <p className="flex items-baseline justify-between gap-2">
          <span className="truncate font-medium" title={key}>
            {keyName(key)}
          </span>
          {setAt !== undefined && (
            <span className="shrink-0 text-small text-ink-soft">
              <Time at={setAt} />
            </span>
          )}
        </p>
        <p className="truncate text-small text-ink-soft tabular-nums">{keptValue(entry)}</p>
        {timers.map((timer) => (
          <DueTimer key={timer.name} name={timer.name} dueAt={timer.dueAt} />
        ))}
      </div>
      {onEdit !== undefined && entry.state !== undefined && (
        <IconButton
          size="small"
          icon={<Pencil size={14} />}
          label={`Change what is kept for ${keyName(key)}`}
          onPress={onEdit}
        />
      )}
      {onForget !== undefined && (
        <IconButton
          size="small"
          icon={<X size={14} />}
          label={`Forget what is kept for ${keyName(key)}`}
          onPress={onForget}
        />
      )}
    </div>
  );
}

function DueTimer({ name, dueAt }: { readonly name: string; readonly dueAt: number }) {
  const now = useNow();
  const due = dueIn(dueAt, now);
  return (
    <p
      className="flex items-center gap-1.5 text-small text-notice tabular-nums"
      title={`Timer “${name}”, due ${formatExact(dueAt)}`}
    >
      <Timer size={14} aria-hidden="true" className="shrink-0" />
      <span>{due === 'now' ? 'timer due now' : `timer due in ${due}`}</span>
    </p>
  );
}
