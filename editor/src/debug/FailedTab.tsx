import type { LetterGroup } from '@sluice/shared/protocol/running.ts';
import { useQuery } from '@tanstack/react-query';
import { CircleCheck } from 'lucide-react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { useDocument } from '../flow/EditorContext.tsx';
import { browserTime, type Stop } from '../state/time.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ErrorState } from '../ui/ErrorState.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { FailedGroup } from './FailedGroup.tsx';
import { failedGroupsQuery } from './failedQueries.ts';
import { FailedToolbar } from './FailedToolbar.tsx';
import { type FailedGroups, groupKey, unlisted } from './failedWords.ts';
import { useFailedActions } from './useFailedActions.ts';

/**
 * Messages on which a node failed and that no error wire took, by node and error: to look at, to replay, to drop and to
 * export (EN7).
 */
export function FailedTab() {
  const flow = useDocument((state) => state.about.id);
  const failed = useQuery(failedGroupsQuery(flow));
  const place = useRef<HTMLElement>(null);
  const actions = useFailedActions(useKeptFocus(place));
  return (
    <section ref={place} tabIndex={-1} aria-label="Failed messages" className="h-full outline-none">
      {failed.isPending && <Spinner label="Loading failed messages" />}
      {failed.isError && failed.data === undefined && (
        <ErrorState
          title="The failed messages cannot be read"
          error={failed.error}
          onRetry={() => void failed.refetch()}
        />
      )}
      {failed.data !== undefined &&
        (failed.data.kept === 0 ? (
          <NothingFailed />
        ) : (
          <>
            <FailedToolbar flow={flow} failed={failed.data} actions={actions} />
            <Groups failed={failed.data} actions={actions} />
          </>
        ))}
    </section>
  );
}

/** The messages, and what else is gone with them, as the question of a dialog, are off the page by then. */
const GONE_MS = 100;

/**
 * To be called when something was done. What had the focus may be gone with the message: without this the keyboard
 * would begin anew at the top of the page.
 */
function useKeptFocus(place: RefObject<HTMLElement | null>): () => void {
  const stop = useRef<Stop>(undefined);
  useEffect(() => () => stop.current?.(), []);
  return () => {
    stop.current?.();
    stop.current = browserTime.onFrame(GONE_MS, () => {
      if (document.activeElement === document.body) place.current?.focus();
    });
  };
}

interface GroupsProps {
  readonly failed: FailedGroups;
  readonly actions: ReturnType<typeof useFailedActions>;
}

function Groups({ failed, actions }: GroupsProps) {
  const [open, setOpen] = useState<string | undefined>(undefined);
  const others = unlisted(failed);
  const toggle = (group: LetterGroup) => {
    const key = groupKey(group);
    setOpen(open === key ? undefined : key);
  };
  return (
    <>
      <ul aria-label="Failed messages by node and reason" className="divide-y divide-line">
        {failed.groups.map((group) => (
          <li key={groupKey(group)}>
            <FailedGroup
              group={group}
              actions={actions}
              isOpen={open === groupKey(group)}
              onToggle={() => toggle(group)}
            />
          </li>
        ))}
      </ul>
      {others > 0 && (
        <p className="border-t border-line px-3 py-2 text-ink-soft">
          {others.toLocaleString('en')} more failed for other reasons, too many to list. “Replay all” and
          “Drop all” take them too.
        </p>
      )}
    </>
  );
}

function NothingFailed() {
  return (
    <EmptyState icon={<CircleCheck size={20} />} title="No message has failed">
      A message that a node cannot handle is kept here, with the reason, until somebody sends it again or
      drops it.
    </EmptyState>
  );
}
