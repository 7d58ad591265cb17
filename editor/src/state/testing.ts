import { type Flow, emptyFlow } from '@sluice/shared/flow/flow.ts';
import type { FlowResource } from '@sluice/shared/protocol/http.ts';
import type { DraftServer, SaveOutcome } from './document.ts';
import type { Stop, Time } from './time.ts';

// What the tests of the stores stand on: time that they move, and a server that keeps revisions.

export interface FakeTime extends Time {
  /** Moves on, and runs what is due on the way, in order. */
  pass(ms: number): Promise<void>;
}

export function fakeTime(): FakeTime {
  let now = 0;
  let waiting: { readonly at: number; readonly run: () => void }[] = [];
  const after = (delayMs: number, run: () => void): Stop => {
    const timer = { at: now + delayMs, run };
    waiting.push(timer);
    return () => {
      waiting = waiting.filter((other) => other !== timer);
    };
  };
  return {
    now: () => now,
    after,
    onFrame: after,
    async pass(ms) {
      const end = now + ms;
      for (;;) {
        const next = waiting.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        waiting = waiting.filter((timer) => timer !== next);
        now = next.at;
        next.run();
        await settled();
      }
      now = end;
      await settled();
    },
  };
}

/** Lets promises that are done run on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

export function resourceOf(flow: Flow, revision = 1, updatedBy = 'Ada'): FlowResource {
  return {
    id: flow.id,
    name: flow.name,
    revision,
    updatedAt: 0,
    updatedBy,
    nodeCount: flow.nodes.length,
    sentence: '',
    changed: false,
    flow,
  };
}

export interface FakeServer extends DraftServer {
  stored: FlowResource;
  /** How often it was asked to save. */
  asked: number;
  /** Every draft that was taken, in order. */
  readonly taken: Flow[];
  isAway: boolean;
  /** Until it resolves, saving takes as long. */
  gate: Promise<void>;
}

/** A server with one flow that refuses a revision that is not the newest. */
export function fakeServer(stored: FlowResource): FakeServer {
  const server: FakeServer = {
    stored,
    asked: 0,
    taken: [],
    isAway: false,
    gate: Promise.resolve(),
    async save(_id, revision, flow): Promise<SaveOutcome> {
      server.asked += 1;
      await server.gate;
      if (server.isAway) return { kind: 'offline', sentence: 'Sluice does not answer.' };
      if (revision !== server.stored.revision) return { kind: 'stale', theirs: server.stored };
      server.stored = { ...resourceOf(flow, revision + 1), changed: true };
      server.taken.push(flow);
      const { flow: _flow, ...about } = server.stored;
      return { kind: 'saved', about };
    },
  };
  return server;
}

export function smallFlow(): Flow {
  return {
    ...emptyFlow('flow', 'Freezer too warm'),
    nodes: [
      { id: 'in', type: 'device-input', position: { x: 0, y: 0 }, config: {} },
      { id: 'hot', type: 'threshold', position: { x: 304, y: 0 }, config: { limit: 30 } },
      { id: 'to', type: 'change', position: { x: 608, y: 0 }, config: {} },
    ],
    wires: [
      { from: ['in', 'out'], to: ['hot', 'in'] },
      { from: ['hot', 'true'], to: ['to', 'in'] },
    ],
  };
}
