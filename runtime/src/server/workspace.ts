import type { Alarms } from './alarms.ts';
import type { WorkspaceAudit } from './audit.ts';
import type { Note } from './actor.ts';
import type { Connections } from './connections.ts';
import type { DeadLetters } from './deadLetters.ts';
import type { Devices } from './devices/devices.ts';
import type { DryRunning } from './dryRunning.ts';
import type { WorkspaceFigures } from './figures/figures.ts';
import type { WorkspaceLimits } from './limits.ts';
import type { Deployments } from './flows/deployments.ts';
import type { Flows } from './flows/flows.ts';
import type { NodeStates } from './nodeState.ts';
import type { Outboxes } from './outboxes.ts';
import type { WorkspaceRetention } from './retention.ts';
import type { Traces } from './traces.ts';
import type { RunnerHost } from '../runner/runnerHost.ts';
import type { Hub } from './live/hub.ts';

/** All that belongs to one tenant. A request gets the one of its user, and so can never reach another's. */
export interface Workspace {
  readonly id: string;
  readonly flows: Flows;
  readonly deployments: Deployments;
  readonly devices: Devices;
  readonly connections: Connections;
  readonly alarms: Alarms;
  readonly deadLetters: DeadLetters;
  readonly nodeStates: NodeStates;
  readonly outboxes: Outboxes;
  readonly traces: Traces;
  readonly dryRunning: DryRunning;
  readonly figures: WorkspaceFigures;
  readonly limits: WorkspaceLimits;
  readonly audit: WorkspaceAudit;
  readonly retention: WorkspaceRetention;
  readonly host: RunnerHost;
  /** To the pages that show it. */
  readonly hub: Hub;
  readonly note: Note;
  /** For what is done already, whatever becomes of the note. */
  readonly noteOfDone: Note;
  /** All of the work is on disk afterwards, or nothing of it. */
  atomically<T>(work: () => T): T;
}

/** The workspaces of this server. One that nobody needs is not open and takes no memory. */
export interface Workspaces {
  /** Opens it where it is not open; `undefined` when there is none of this id. Throws why it cannot be opened. */
  get(id: string): Workspace | undefined;
  /** Those that are open now. */
  opened(): readonly Workspace[];
  /** Called when one is about to be closed, as when it is deleted. */
  onClosed(listener: (workspace: Workspace) => void): () => void;
}
