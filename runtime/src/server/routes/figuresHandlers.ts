import type { Handlers } from '../http/mount.ts';

/** What the flows and processes take, and what they may. */
export const figuresHandlers: Pick<Handlers, 'figures' | 'limits' | 'saveLimits'> = {
  figures: ({ workspace }) => workspace.figures.shown(),
  limits: ({ workspace }) => workspace.limits.current(),
  saveLimits: ({ workspace, actor, body }) => workspace.limits.save(actor, body),
};
