import { queryOptions } from '@tanstack/react-query';
import { queries, remote } from '../state/remoteQueries.ts';

const WORKSPACES_EVERY_MS = 10_000;

/** All workspaces of this server; for who owns it. */
export const workspacesQuery = queryOptions({
  queryKey: ['workspaces'],
  queryFn: ({ signal }) => remote.call('workspaces', undefined, signal),
  refetchInterval: WORKSPACES_EVERY_MS,
});

/** What one of them may take. */
export function workspaceLimitsQuery(id: string) {
  return queryOptions({
    queryKey: [...workspacesQuery.queryKey, id, 'limits'],
    queryFn: ({ signal }) => remote.call('workspaceLimits', { params: { id } }, signal),
  });
}

/** Reads anew which workspaces there are. */
export async function refreshWorkspaces(): Promise<void> {
  await queries.invalidateQueries({ queryKey: workspacesQuery.queryKey });
}
