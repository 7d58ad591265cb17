import type { LetterGroup } from '@sluice/shared/protocol/running.ts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { ErrorState } from '../ui/ErrorState.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { FailedMessage } from './FailedMessage.tsx';
import { failedMessagesQuery } from './failedQueries.ts';
import { stampOf } from './failedWords.ts';
import type { FailedActions } from './useFailedActions.ts';

export interface FailedMessagesProps {
  readonly group: LetterGroup;
  readonly actions: FailedActions;
}

/** The messages of one group, newest first. Older ones come on demand. */
export function FailedMessages({ group, actions }: FailedMessagesProps) {
  const messages = useInfiniteQuery(failedMessagesQuery(group));
  const [open, setOpen] = useState<string | undefined>(undefined);
  useRefreshWith(stampOf(group), messages.refetch);
  if (messages.isPending) return <Spinner label="Loading the messages" />;
  if (messages.isError && messages.data === undefined) {
    return (
      <ErrorState
        title="The messages cannot be read"
        error={messages.error}
        onRetry={() => void messages.refetch()}
      />
    );
  }
  const letters = messages.data.pages.flat();
  return (
    <div className="border-t border-line bg-sunken pl-4">
      <ul aria-label="Messages, newest first" className="divide-y divide-line">
        {letters.map((letter) => (
          <li key={letter.id}>
            <FailedMessage
              letter={letter}
              actions={actions}
              isOpen={open === letter.id}
              onToggle={() => setOpen(open === letter.id ? undefined : letter.id)}
            />
          </li>
        ))}
      </ul>
      {messages.hasNextPage && (
        <div className="flex items-center gap-3 px-3 py-2">
          <Button
            size="small"
            isPending={messages.isFetchingNextPage}
            onPress={() => void messages.fetchNextPage()}
          >
            Show more
          </Button>
          <span className="text-ink-soft">
            {letters.length.toLocaleString('en')} of {group.count.toLocaleString('en')} shown
          </span>
        </div>
      )}
    </div>
  );
}

/** Reads anew when the group has changed since the list was read. */
function useRefreshWith(stamp: string, refetch: () => Promise<unknown>): void {
  const read = useRef(stamp);
  useEffect(() => {
    if (read.current === stamp) return;
    read.current = stamp;
    void refetch();
  }, [stamp, refetch]);
}
