import { queryOptions } from '@tanstack/react-query';
import { queries, remote } from '../state/remoteQueries.ts';

const PEOPLE_EVERY_MS = 15_000;

/** The people of this workspace. */
export const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: ({ signal }) => remote.call('users', undefined, signal),
  refetchInterval: PEOPLE_EVERY_MS,
});

/** The invitations into this workspace that are open. */
export const invitationsQuery = queryOptions({
  queryKey: ['invitations'],
  queryFn: ({ signal }) => remote.call('invitations', undefined, signal),
  refetchInterval: PEOPLE_EVERY_MS,
});

/** Reads anew who is in this workspace and who is invited. */
export async function refreshPeople(): Promise<void> {
  await Promise.all(
    [peopleQuery, invitationsQuery].map(({ queryKey }) => queries.invalidateQueries({ queryKey })),
  );
}
