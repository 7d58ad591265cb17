import type { RunnerTime } from '../../runner/time.ts';
import { every } from '../../runner/time.ts';
import type { Log } from '../http/problem.ts';
import type { OpenWorkspace } from '../openWorkspace.ts';
import type { Workspace, Workspaces } from '../workspace.ts';

/** The workspaces of a running server: each is opened when it is first asked for, and closed when nobody needs it. */
export interface WorkspaceSet extends Workspaces {
  /** Stops its runner and takes its parts down; nothing where it is not open. */
  close(id: string): Promise<void>;
  /** Closes all, draining each runner for at most `drainMs`; none is opened any more. May be called twice. */
  stop(drainMs: number): Promise<void>;
}

export interface WorkspaceSetOptions {
  /** There is such a workspace. */
  has(id: string): boolean;
  open(id: string): OpenWorkspace;
  /** Stays open, whoever needs it. */
  readonly always: string;
  readonly time: RunnerTime;
  readonly log: Log;
}

/** A workspace that nobody asked for in so long, that runs nothing and shows nothing, is closed. */
const UNUSED_MS = 10 * 60_000;
const LOOK_EVERY_MS = 60_000;

interface Entry {
  readonly open: OpenWorkspace;
  usedAt: number;
}

export function createWorkspaceSet(options: WorkspaceSetOptions): WorkspaceSet {
  const { time, log } = options;
  const entries = new Map<string, Entry>();
  const closing = new Set<Promise<void>>();
  const listeners = new Set<(workspace: Workspace) => void>();
  let stopping: Promise<void> | undefined;

  function open(id: string): Entry | undefined {
    if (stopping !== undefined || !options.has(id)) return undefined;
    const entry = { open: options.open(id), usedAt: 0 };
    entries.set(id, entry);
    return entry;
  }

  function close(id: string, drainMs: number): Promise<void> {
    const entry = entries.get(id);
    if (entry === undefined) return Promise.resolve();
    entries.delete(id);
    for (const listener of listeners) listener(entry.open.workspace);
    const closed = entry.open.close(drainMs).finally(() => closing.delete(closed));
    closing.add(closed);
    return closed;
  }

  function closeUnused(): void {
    const now = time.now();
    for (const [id, { open, usedAt }] of entries) {
      if (id === options.always || now - usedAt < UNUSED_MS || isAtWork(open.workspace)) continue;
      close(id, 0).catch((error: unknown) =>
        log('error', `The workspace “${id}” could not be closed: ${String(error)}`),
      );
    }
  }

  const stopLooking = every(time, LOOK_EVERY_MS, closeUnused);
  return {
    get(id) {
      const entry = entries.get(id) ?? open(id);
      if (entry !== undefined) entry.usedAt = time.now();
      return entry?.open.workspace;
    },
    opened: () => [...entries.values()].map((entry) => entry.open.workspace),
    onClosed(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: (id) => close(id, 0),
    stop(drainMs) {
      stopLooking();
      stopping ??= Promise.all([...[...entries.keys()].map((id) => close(id, drainMs)), ...closing]).then(
        () => undefined,
      );
      return stopping;
    },
  };
}

function isAtWork({ host, hub, deployments }: Workspace): boolean {
  return host.state() !== 'idle' || hub.isWatched() || deployments.wanted().length > 0;
}
