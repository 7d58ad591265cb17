import type { Json } from '@sluice/shared/message/message.ts';
import { stateKeyInPath } from '@sluice/shared/protocol/stateKey.ts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { queries, remote } from '../state/remoteQueries.ts';

/** How often what is shown is read anew. */
const FRESH_MS = 3_000;
const PAGE_SIZE = 50;

export interface KeptPlace {
  readonly flow: string;
  readonly node: string;
}

const keyOf = ({ flow, node }: KeptPlace) => ['node-state', flow, node];

/** A page of what a node keeps, kept fresh while the flow runs; of one that is stopped nothing changes by itself. */
export function useKept(
  place: KeptPlace,
  options: {
    readonly search: string;
    readonly after: string | undefined;
    readonly hasRun: boolean;
    readonly isRunning: boolean;
  },
) {
  const { search, after, hasRun, isRunning } = options;
  return useQuery({
    queryKey: [...keyOf(place), isRunning, search, after ?? ''],
    queryFn: ({ signal }) =>
      remote.call(
        'nodeState',
        {
          params: { id: place.flow, node: place.node },
          query: {
            limit: PAGE_SIZE,
            ...(search === '' ? {} : { search }),
            ...(after === undefined ? {} : { after }),
          },
        },
        signal,
      ),
    enabled: hasRun,
    refetchInterval: isRunning ? FRESH_MS : false,
    placeholderData: keepPreviousData,
  });
}

/** What a person can change of it. All reject with a sentence; what is shown is read anew afterwards. */
export function keptActions(place: KeptPlace) {
  const params = { id: place.flow, node: place.node };
  const ofKey = (key: string) => ({ ...params, key: stateKeyInPath(key) });
  const afterwards = async <T>(change: Promise<T>): Promise<T> => {
    const answer = await change;
    await queries.invalidateQueries({ queryKey: keyOf(place) });
    return answer;
  };
  return {
    set: (key: string, state: Json) =>
      afterwards(remote.call('setNodeState', { params: ofKey(key), body: { state } })),
    forget: (key: string) => afterwards(remote.call('clearNodeStateKey', { params: ofKey(key) })),
    forgetAll: () => afterwards(remote.call('clearNodeState', { params })),
  };
}
