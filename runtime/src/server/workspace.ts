import type { Alarms } from './alarms.ts';
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
import type { Traces } from './traces.ts';
import type { RunnerHost } from '../runner/runnerHost.ts';

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
  readonly host: RunnerHost;
  readonly note: Note;
  /** For what is done already, whatever becomes of the note. */
  readonly noteOfDone: Note;
  /** All of the work is on disk afterwards, or nothing of it. */
  atomically<T>(work: () => T): T;
}

/** The workspaces of this server, by id. */
export type Workspaces = ReadonlyMap<string, Workspace>;
