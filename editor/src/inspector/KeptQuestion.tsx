import type { StateEntry } from '@sluice/shared/protocol/running.ts';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { counted } from '../ui/formatValue.ts';
import { toastDone } from '../ui/toasts.ts';
import { EditKept } from './EditKept.tsx';
import { keyName } from './keptState.ts';
import { type KeptPlace, keptActions } from './useKept.ts';

/** What a person is about to do to what a node keeps. */
export type AskedOfKept =
  | { readonly kind: 'edit' | 'forget'; readonly entry: StateEntry }
  | { readonly kind: 'forget-all' };

export interface KeptQuestionProps {
  readonly asked: AskedOfKept;
  readonly place: KeptPlace;
  /** How many keys there are. */
  readonly total: number;
  readonly onClose: () => void;
}

/** The dialog for it: nothing is forgotten without a yes. */
export function KeptQuestion({ asked, place, total, onClose }: KeptQuestionProps) {
  const actions = keptActions(place);
  switch (asked.kind) {
    case 'edit':
      return <EditKept entry={asked.entry} onSave={actions.set} onClose={onClose} />;
    case 'forget':
      return <ForgetOne entry={asked.entry} onForget={actions.forget} onClose={onClose} />;
    case 'forget-all':
      return <ForgetAll total={total} onForget={actions.forgetAll} onClose={onClose} />;
  }
}

interface ForgetOneProps {
  readonly entry: StateEntry;
  readonly onForget: (key: string) => Promise<unknown>;
  readonly onClose: () => void;
}

function ForgetOne({ entry: { key, timers }, onForget, onClose }: ForgetOneProps) {
  return (
    <ConfirmDialog
      title={`Forget what is kept for ${keyName(key)}?`}
      isOpen
      isDanger
      action="Forget"
      onClose={onClose}
      onConfirm={async () => {
        await onForget(key);
        toastDone(`Forgotten what was kept for ${keyName(key)}.`);
      }}
    >
      <p>
        The node begins anew with its next message.
        {timers.length === 1 && ' The timer that runs for it is cleared.'}
        {timers.length > 1 && ` The ${timers.length} timers that run for it are cleared.`} This cannot be
        undone.
      </p>
    </ConfirmDialog>
  );
}

interface ForgetAllProps {
  readonly total: number;
  readonly onForget: () => Promise<{ readonly cleared: number }>;
  readonly onClose: () => void;
}

function ForgetAll({ total, onForget, onClose }: ForgetAllProps) {
  return (
    <ConfirmDialog
      title={`Forget all ${counted(total, 'key')}?`}
      isOpen
      isDanger
      action={`Forget ${counted(total, 'key')}`}
      onClose={onClose}
      onConfirm={async () => {
        const { cleared } = await onForget();
        toastDone(`Forgotten: ${counted(cleared, 'key')}.`);
      }}
    >
      <p>
        Everything that this node keeps is forgotten, for all devices, and its timers are cleared. This cannot
        be undone.
      </p>
    </ConfirmDialog>
  );
}
