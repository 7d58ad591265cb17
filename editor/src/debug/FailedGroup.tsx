import type { LetterGroup } from '@sluice/shared/protocol/running.ts';
import { RotateCcw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { may } from '../account/permission.ts';
import { useUser } from '../state/remoteQueries.ts';
import { Badge } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import { counted } from '../ui/formatValue.ts';
import { Time } from '../ui/Time.tsx';
import { DropFailed } from './DropFailed.tsx';
import { FailedMessages } from './FailedMessages.tsx';
import { filterOf } from './failedWords.ts';
import { Unfolding } from './Unfolding.tsx';
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
  const { name } = useFailedNode(group.node);
  return (
    <Unfolding
      look="many-lines"
      isOpen={isOpen}
      onToggle={onToggle}
      actions={<GroupActions group={group} name={name} actions={actions} />}
      line={
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
      }
    >
      <FailedMessages group={group} actions={actions} />
    </Unfolding>
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
