import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { KEYS, remote } from '../state/remoteQueries.ts';
import type { Editor } from './editor.ts';

const EVERY_MS = 3_000;

/** Tells the live state what waits for the targets of the flow (EN8), as long as the flow is open and was deployed. */
export function useOutboxes({ document, live }: Editor): void {
  const flow = useStore(document, (state) => state.flow.id);
  const isDeployed = useStore(document, (state) => state.about.deployment !== undefined);
  const { data } = useQuery({
    queryKey: KEYS.outboxes,
    queryFn: ({ signal }) => remote.call('outboxes', undefined, signal),
    enabled: isDeployed,
    refetchInterval: EVERY_MS,
  });
  useEffect(() => {
    if (data !== undefined) live.receive.outboxes(data.filter((outbox) => outbox.flow === flow));
  }, [data, flow, live]);
}
