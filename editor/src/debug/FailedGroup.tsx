import type { LetterGroup } from '@sluice/shared/protocol/running.ts';
import { ChevronRight, RotateCcw, Trash2 } from 'lucide-react';
import { useId, useState } from 'react';
import { may } from '../account/permission.ts';
import { useUser } from '../state/remoteQueries.ts';
import { Badge } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import { classes } from '../ui/classes.ts';
import { counted } from '../ui/formatValue.ts';
import { Time } from '../ui/Time.tsx';
import { DropFailed } from './DropFailed.tsx';
import { FailedMessages } from './FailedMessages.tsx';
import { filterOf } from './failedWords.ts';
import { useFailedNode } from './useFailedNode.ts';
import type { FailedActions } from './useFailedActions.ts';

export interface FailedGroupProps {
  readonly group: LetterGroup;
  readonly actions: FailedActions;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

/** Messages that failed at one node for one reason: how many, since when, and, when it is open, which. */
export function FailedGroup({ group, actions, isOpen, onToggle }: FailedGroupProps) {
  const content = useId();
  const { name } = useFailedNode(group.node);
  return (
    <>
      <div className="flex flex-wrap items-start gap-x-3 gap-y-1 py-1.5 pr-3 pl-2">
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={content}
          onClick={onToggle}
          className="flex min-w-0 flex-1 basis-64 items-start gap-1.5 rounded-sm py-0.5 text-left hover:bg-hover focus-visible:-outline-offset-2"
        >
          <ChevronRight
            size={16}
            aria-hidden="true"
            className={classes('mt-0.5 shrink-0 text-ink-soft transition-transform', isOpen && 'rotate-90')}
          />
          <span className="min-w-0">
            <span className="flex flex-wrap items-center gap-x-2">
              <span className="font-medium wrap-anywhere">{name}</span>
              <Badge tone="danger">
                {group.count.toLocaleString('en')}
                <span className="sr-only"> failed</span>
              </Badge>
              <span className="text-small text-ink-soft">
                newest <Time at={group.newestAt} />
              </span>
            </span>
            <span className="line-clamp-2 text-danger wrap-anywhere">{group.sentence}</span>
          </span>
        </button>
        <GroupActions group={group} name={name} actions={actions} />
      </div>
      <div id={content}>{isOpen && <FailedMessages group={group} actions={actions} />}</div>
    </>
  );
}

interface GroupActionsProps {
  readonly group: LetterGroup;
  readonly name: string;
  readonly actions: FailedActions;
}

function GroupActions({ group, name, actions }: GroupActionsProps) {
  const user = useUser();
  const [isDropping, setIsDropping] = useState(false);
  const count = counted(group.count, 'message');
  if (!may(user, 'replayDeadLetters')) return null;
  return (
    <span className="ml-auto flex gap-2">
      <Button
        size="small"
        icon={<RotateCcw size={14} aria-hidden="true" />}
        aria-label={`Replay ${count} that failed at ${name}: ${group.sentence}`}
        onPress={() => void actions.replayAll(filterOf(group))}
      >
        Replay {group.count.toLocaleString('en')}
      </Button>
      <Button
        size="small"
        icon={<Trash2 size={14} aria-hidden="true" />}
        aria-label={`Drop ${count} that failed at ${name}: ${group.sentence}`}
        onPress={() => setIsDropping(true)}
      >
        Drop {group.count.toLocaleString('en')}
      </Button>
      <DropFailed
        count={group.count}
        isOpen={isDropping}
        onClose={() => setIsDropping(false)}
        onConfirm={() => actions.dropAll(filterOf(group))}
      />
    </span>
  );
}
