import type { User } from '@sluice/shared/protocol/people.ts';
import type { Workspaces } from '../workspace.ts';

export interface MetricsOptions {
  readonly workspaces: Workspaces;
  userOf(token: string): User | undefined;
  /** `undefined` when an outside broker is used. */
  broker(): { readonly clients: number; readonly dropped: number } | undefined;
}
