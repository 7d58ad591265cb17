import { queryOptions } from '@tanstack/react-query';
import { remote } from '../state/remoteQueries.ts';

/** Whether there is a provider outside to sign in with, and what it is called. */
export const oidcQuery = queryOptions({
  queryKey: ['oidc'],
  queryFn: ({ signal }) => remote.call('oidc', undefined, signal),
  staleTime: Number.POSITIVE_INFINITY,
});

export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: ({ signal }) => remote.call('sessions', undefined, signal),
});

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: ({ signal }) => remote.call('tokens', undefined, signal),
});
