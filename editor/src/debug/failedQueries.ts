import type { DeadLetter } from '@sluice/shared/protocol/http.ts';
import type { LetterGroup } from '@sluice/shared/protocol/running.ts';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { KEYS, queries, remote } from '../state/remoteQueries.ts';

const EVERY_MS = 3_000;
const PAGE = 50;
/** In place of the id of a flow, for all of them. */
const ALL_FLOWS = '';

/** The failed messages of a flow, or of all flows, counted by node and error; kept up to date. */
export function failedGroupsQuery(flow?: string) {
  return queryOptions({
    queryKey: [...KEYS.deadLetters(flow ?? ALL_FLOWS), 'groups'],
    queryFn: ({ signal }) => remote.call('deadLetterGroups', { query: { flow } }, signal),
    refetchInterval: EVERY_MS,
  });
}

/** The failed messages of one group, newest first; each page begins after the last message of the one before. */
export function failedMessagesQuery({ flow, node, sentence }: LetterGroup) {
  return infiniteQueryOptions({
    queryKey: [...KEYS.deadLetters(flow), 'messages', node, sentence],
    queryFn: ({ signal, pageParam }) =>
      remote.call(
        'deadLetters',
        { query: { flow, node, sentence, before: pageParam || undefined, limit: PAGE } },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (page: readonly DeadLetter[]) => (page.length < PAGE ? undefined : page.at(-1)?.id),
  });
}

/** Reads anew what is shown of the failed messages, on every screen. */
export async function refreshFailed(): Promise<void> {
  await queries.invalidateQueries({ queryKey: KEYS.deadLetters(ALL_FLOWS).slice(0, 1) });
}
