import { Download, RotateCcw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { may } from '../account/permission.ts';
import { useUser } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { counted } from '../ui/formatValue.ts';
import { DropFailed } from './DropFailed.tsx';
import { type FailedGroups, filterOfAll, progressWords } from './failedWords.ts';
import type { FailedActions } from './useFailedActions.ts';

export interface FailedToolbarProps {
  readonly flow: string;
  readonly failed: FailedGroups;
  readonly actions: FailedActions;
}

/** How many messages of the flow have failed, and what can be done with all of them. */
export function FailedToolbar({ flow, failed, actions }: FailedToolbarProps) {
  const user = useUser();
  const [isDropping, setIsDropping] = useState(false);
  const { groups, kept, dropped } = failed;
  const { working } = actions;
  const filter = filterOfAll(flow, groups);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3 py-1.5">
      <p>
        <span className="font-medium tabular-nums">{counted(kept, 'failed message')}</span>
        {dropped > 0 && (
          <span className="text-ink-soft">
            {' '}
            and {dropped.toLocaleString('en')} older, dropped because a flow keeps only so many
          </span>
        )}
      </p>
      <p role="status" className="text-ink-soft">
        {working?.progress !== undefined && progressWords(working.progress)}
      </p>
      <span className="ml-auto flex flex-wrap gap-2">
        {may(user, 'replayDeadLetters') && (
          <Button
            size="small"
            icon={<RotateCcw size={14} aria-hidden="true" />}
            isPending={working !== undefined}
            onPress={() => void actions.replayAll(filter)}
          >
            Replay all
          </Button>
        )}
        {may(user, 'dropDeadLetters') && (
          <Button
            size="small"
            icon={<Trash2 size={14} aria-hidden="true" />}
            onPress={() => setIsDropping(true)}
          >
            Drop all
          </Button>
        )}
        {may(user, 'exportDeadLetters') && (
          <Button
            size="small"
            icon={<Download size={14} aria-hidden="true" />}
            onPress={() => void actions.save(flow)}
          >
            Export
          </Button>
        )}
      </span>
      <DropFailed
        count={kept}
        isOpen={isDropping}
        onClose={() => setIsDropping(false)}
        onConfirm={() => actions.dropAll(filter)}
      />
    </div>
  );
}
