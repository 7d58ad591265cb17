import type { Figures } from '@sluice/shared/protocol/running.ts';
import { queryOptions } from '@tanstack/react-query';
import { KEYS, queries, remote } from '../state/remoteQueries.ts';
import { type FiguresHistory, NO_HISTORY, withFigures } from './figuresHistory.ts';

const FIGURES_EVERY_MS = 5_000;
const OUTBOXES_EVERY_MS = 5_000;
const HEALTH_EVERY_MS = 30_000;

interface FiguresSoFar {
  readonly figures: Figures;
  /** As far as they were asked for without a break. */
  readonly history: FiguresHistory;
}

const FIGURES = ['figures'];

/** What flows and processes do and take, with what it was in the last minutes. */
export const figuresQuery = queryOptions({
  queryKey: FIGURES,
  queryFn: async ({ signal }): Promise<FiguresSoFar> => {
    const figures = await remote.call('figures', undefined, signal);
    const before = queries.getQueryData<FiguresSoFar>(FIGURES)?.history ?? NO_HISTORY;
    return { figures, history: withFigures(before, figures) };
  },
  refetchInterval: FIGURES_EVERY_MS,
});

/** What waits on disk for targets; the key is that of the flow editor, so that dropping is seen in both. */
export const outboxesQuery = queryOptions({
  queryKey: KEYS.outboxes,
  queryFn: ({ signal }) => remote.call('outboxes', undefined, signal),
  refetchInterval: OUTBOXES_EVERY_MS,
});

/** Whether the server is there, ready, and in safe mode. */
export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => remote.call('health', undefined, signal),
  refetchInterval: HEALTH_EVERY_MS,
});
