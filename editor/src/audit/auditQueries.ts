import type { AuditEntry } from '@sluice/shared/protocol/audit.ts';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { remote } from '../state/remoteQueries.ts';
import { type AuditQuestion, queryOf } from './auditFilter.ts';

const PAGE = 200;
const NOT_YET = 0;

/** The entries that are asked for, newest first; each page begins after the last entry of the one before. */
export function auditQuery(question: AuditQuestion) {
  return infiniteQueryOptions({
    queryKey: ['audit', question],
    queryFn: ({ signal, pageParam }) =>
      remote.call(
        'audit',
        { query: { ...queryOf(question), before: pageParam || undefined, limit: PAGE } },
        signal,
      ),
    initialPageParam: NOT_YET,
    getNextPageParam: (page: readonly AuditEntry[]) => (page.length < PAGE ? undefined : page.at(-1)?.id),
  });
}

/** Who is in the workspace, to be chosen as who did something. */
export const namesQuery = queryOptions({
  queryKey: ['audit-names'],
  queryFn: async ({ signal }) => {
    const people = await remote.call('users', undefined, signal);
    return people.map(({ email }) => email);
  },
});
