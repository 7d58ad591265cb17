import { queryOptions } from '@tanstack/react-query';
import { queries, remote } from '../state/remoteQueries.ts';

const EVERY_MS = 10_000;

/** By what a device may sign in; its last use is kept up to date. */
export function credentialsQuery(device: string) {
  return queryOptions({
    queryKey: ['credentials', device],
    queryFn: ({ signal }) => remote.call('credentials', { params: { id: device } }, signal),
    refetchInterval: EVERY_MS,
  });
}

export async function refreshCredentials(device: string): Promise<void> {
  await queries.invalidateQueries({ queryKey: credentialsQuery(device).queryKey });
}

/** Where devices reach the broker. */
export const deviceAddressQuery = queryOptions({
  queryKey: ['device-address'],
  queryFn: ({ signal }) => remote.call('deviceAddress', undefined, signal),
});

/** The CA of the workspace. */
export const authorityQuery = queryOptions({
  queryKey: ['authority'],
  queryFn: ({ signal }) => remote.call('authority', undefined, signal),
});
