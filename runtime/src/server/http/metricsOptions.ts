import type { User } from '@sluice/shared/protocol/people.ts';
import type { Request } from 'express';
import type { Workspace, Workspaces } from '../workspace.ts';

export interface MetricsOptions {
  readonly workspaces: Workspaces;
  /** Who asks, by cookie or token. */
  userOf(request: Request): User | undefined;
  /** `undefined` when an outside broker is used. */
  broker(): { readonly clients: number; readonly dropped: number } | undefined;
}

/** What a scrape tells of. */
export interface MetricsScope {
  workspaces(): readonly Workspace[];
  /** The figures of the server itself and of its broker: they are nobody's but the owner's. */
  readonly server: Pick<MetricsOptions, 'broker'> | undefined;
}
