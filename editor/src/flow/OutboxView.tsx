import type { Outbox } from '@sluice/shared/protocol/running.ts';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Label } from 'react-aria-components/Label';
import { Meter } from 'react-aria-components/Meter';
import { may } from '../account/permission.ts';
import { formatBytes, outboxFoot } from './outboxWords.ts';
import { readClock } from '../state/clock.ts';
import { KEYS, queries, remote, useUser } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { StatusDot } from '../ui/StatusDot.tsx';
import { Time } from '../ui/Time.tsx';
import { toastDone } from '../ui/toasts.ts';
import { counted } from '../ui/formatValue.ts';

/** What waits on disk for one target (EN8): why, how much, since when; and a way to drop it. */
export function OutboxView({ outbox }: { readonly outbox: Outbox }) {
  const [isAsking, setIsAsking] = useState(false);
  const mayDrop = may(useUser(), 'clearOutbox');
  const { flow, node, waiting, oldestAt, dropped, state, sentence } = outbox;
  return (
    <div className="flex flex-col gap-2">
      <p>
        <StatusDot
          status={state === 'sending' ? 'good' : 'caution'}
          word={outboxFoot(outbox, readClock()) ?? 'Nothing waits'}
        />
      </p>
      {sentence !== '' && <p>{sentence}</p>}
      <CapBar outbox={outbox} />
      <p className="text-small text-ink-soft tabular-nums">
        {oldestAt !== undefined && (
          <>
            The oldest came <Time at={oldestAt} />.{' '}
          </>
        )}
        {dropped > 0 && `${counted(dropped, 'message')} given up for room since the start.`}
      </p>
      {mayDrop && waiting > 0 && (
        <div>
          <Button
            size="small"
            icon={<Trash2 size={16} aria-hidden="true" />}
            onPress={() => setIsAsking(true)}
          >
            Drop what waits
          </Button>
        </div>
      )}
      <ConfirmDialog
        title={`Drop ${counted(waiting, 'message')}?`}
        isOpen={isAsking}
        isDanger
        action={`Drop ${counted(waiting, 'message')}`}
        onClose={() => setIsAsking(false)}
        onConfirm={async () => {
          const answer = await remote.call('clearOutbox', { params: { id: flow, node } });
          await queries.invalidateQueries({ queryKey: KEYS.outboxes });
          toastDone(`Dropped: ${counted(answer.dropped, 'message')}.`);
        }}
      >
        <p>
          They are never sent to “{outbox.name}”. What comes from now on waits again. This cannot be undone.
        </p>
      </ConfirmDialog>
    </div>
  );
}

function CapBar({ outbox: { bytes, maxBytes } }: { readonly outbox: Outbox }) {
  const share = maxBytes === 0 ? 0 : Math.min(bytes / maxBytes, 1);
  const text = `${formatBytes(bytes)} of ${formatBytes(maxBytes)}`;
  return (
    <Meter value={share * 100} valueLabel={text} className="flex flex-col gap-1 text-small">
      <span className="flex justify-between gap-2 text-ink-soft tabular-nums">
        <Label>Room on disk</Label>
        <span>{text}</span>
      </span>
      <span className="block h-2 overflow-hidden rounded-full bg-sunken">
        <span
          className={`block h-full rounded-full ${share > 0.8 ? 'bg-caution' : 'bg-ink-faint'}`}
          style={{ width: `${share * 100}%` }}
        />
      </span>
    </Meter>
  );
}
