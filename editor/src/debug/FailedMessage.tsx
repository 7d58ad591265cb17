import type { DeadLetter } from '@sluice/shared/protocol/http.ts';
import { Crosshair, RotateCcw, Trash2 } from 'lucide-react';
import { may } from '../account/permission.ts';
import { useEditor } from '../flow/EditorContext.tsx';
import { useUser } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { formatExact } from '../ui/formatTime.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { Time } from '../ui/Time.tsx';
import { messageLine } from './messageTree.ts';
import { MessageView } from './MessageView.tsx';
import type { FailedActions } from './useFailedActions.ts';
import { Unfolding } from './Unfolding.tsx';
import { useFailedNode } from './useFailedNode.ts';

export interface FailedMessageProps {
  readonly letter: DeadLetter;
  readonly actions: FailedActions;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

/** One failed message: a line, and, when it is open, where and when it failed and all that is in it. */
export function FailedMessage({ letter, actions, isOpen, onToggle }: FailedMessageProps) {
  const { message } = letter;
  const about = message.device ?? message.topic;
  return (
    <Unfolding
      look="one-line"
      isOpen={isOpen}
      onToggle={onToggle}
      actions={<MessageActions letter={letter} actions={actions} />}
      line={
        <>
          {about !== '' && <span className="max-w-40 shrink-0 truncate">{about}</span>}
          <span className="min-w-0 flex-1 truncate font-mono text-small">{messageLine(message)}</span>
          <span className="shrink-0 text-small text-ink-soft">
            <Time at={letter.at} />
          </span>
        </>
      }
    >
      <Details letter={letter} />
    </Unfolding>
  );
}

function MessageActions({ letter, actions }: Pick<FailedMessageProps, 'letter' | 'actions'>) {
  const user = useUser();
  if (!may(user, 'replayDeadLetter')) return null;
  return (
    <span className="flex shrink-0">
      <IconButton
        size="small"
        icon={<RotateCcw size={14} />}
        label="Replay this message"
        onPress={() => void actions.replay(letter)}
      />
      <IconButton
        size="small"
        icon={<Trash2 size={14} />}
        label="Drop this message"
        onPress={() => void actions.drop(letter)}
      />
    </span>
  );
}

function Details({ letter }: { readonly letter: DeadLetter }) {
  const { actions } = useEditor();
  const { name, isThere } = useFailedNode(letter.node);
  return (
    <div className="flex flex-col gap-2 pt-1 pr-3 pb-3 pl-7">
      <dl className="grid grid-cols-[auto_1fr] items-baseline gap-x-3 gap-y-1">
        <dt className="text-ink-soft">Failed at</dt>
        <dd className="flex flex-wrap items-center gap-2">
          <span className="wrap-anywhere">{name}</span>
          {isThere ? (
            <Button
              size="small"
              icon={<Crosshair size={14} aria-hidden="true" />}
              onPress={() => actions.goTo(letter.node)}
            >
              Show on canvas
            </Button>
          ) : (
            <span className="text-ink-soft">This node is not in the flow any more.</span>
          )}
        </dd>
        <dt className="text-ink-soft">When</dt>
        <dd className="tabular-nums">{formatExact(letter.at)}</dd>
        <dt className="text-ink-soft">Reason</dt>
        <dd className="text-danger wrap-anywhere">{letter.sentence}</dd>
      </dl>
      <MessageView message={letter.message} />
    </div>
  );
}
