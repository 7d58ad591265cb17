import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { MessageParts } from '@sluice/shared/message/message.ts';
import { createMessage } from '@sluice/shared/message/message.ts';
import type { NodeCatalog } from '@sluice/shared/node/catalog.ts';
import type { DeviceDirectory } from '@sluice/shared/node/context.ts';
import { metaOf } from '@sluice/shared/node/field.ts';
import type { NodeImplementation } from '@sluice/shared/node/implementNode.ts';
import type * as z from 'zod';
import type { Compiled } from '../../engine/compile.ts';
import { compile } from '../../engine/compile.ts';
import type { Plan } from '../../engine/plan.ts';
import type { NodeCounters } from '../../engine/runningFlow.ts';
import type { Notice, Shell } from '../../engine/shell.ts';
import { startFlow } from '../../engine/startFlow.ts';
import type { VirtualTime } from '../../engine/virtualTime.ts';
import { createVirtualTime } from '../../engine/virtualTime.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { memoryStateStore } from '../../storage/memoryStateStore.ts';
import { RunnerDevices } from '../deviceDirectory.ts';
import { Programs } from '../programs.ts';
import type { Observer } from './recording.ts';
import { observedNodes } from './recording.ts';

/** What a run on a clock of its own needs; the same for scenarios and dry runs. */
export interface VirtualParts {
  readonly catalog: NodeCatalog;
  readonly implementations: ReadonlyMap<string, NodeImplementation>;
  readonly sandbox: Sandbox;
  /** The devices that the workspace knows; without it none. */
  readonly devices?: DeviceDirectory;
}

export interface VirtualInput {
  /** When it comes, ms since the epoch. */
  readonly at: number;
  readonly node: string;
  /** The output it comes out of, or the input it goes into; without: what fits the node. */
  readonly port: string | undefined;
  /** Its time is `at` where it has none. */
  readonly message: Omit<MessageParts, 'id' | 'time'> & { readonly time?: number | undefined };
}

export interface VirtualRun {
  /** In order of time. */
  readonly inputs: readonly VirtualInput[];
  /** Where the clock starts and where it ends, ms since the epoch. */
  readonly start: number;
  readonly end: number;
  readonly observer: Observer;
  /** What the flow says, and when. */
  notice(notice: Notice, at: number): void;
}

const DRAIN_MS = 1_000;

/** Compiles a flow as if every connection that it names were there: a run on a clock of its own reaches none of them. */
export function compileAlone(flow: Flow, catalog: NodeCatalog): Compiled {
  return compile(flow, catalog, { connections: connectionsNamedIn(flow, catalog) });
}

/**
 * Runs a plan on a clock of its own, as fast as it goes (EN11): the real nodes and the real sandbox, state that begins
 * empty, timers that run out as the clock passes them. Sources do not start and nothing outside is reached (EN15).
 * Gives the counters of all nodes at the end. Throws a `SluiceError` for an input that its node cannot take.
 */
export async function runVirtually(
  plan: Plan,
  run: VirtualRun,
  parts: VirtualParts,
): Promise<Readonly<Record<string, NodeCounters>>> {
  const programs = new Programs(parts.sandbox);
  const time = createVirtualTime(run.start);
  // What a flow says and does while it is stopped is no part of the run.
  const gate = { isOpen: true };
  const shell = shellOf(time, seenThrough(gate, run), programs, parts);
  try {
    const running = await startFlow(plan, shell);
    try {
      for (const input of run.inputs) {
        if (!time.skipTo(input.at)) await time.runUntil(input.at);
        const message = createMessage({
          ...input.message,
          time: input.message.time ?? input.at,
          id: shell.newId(),
        });
        running.inject(input.node, input.port, message);
      }
      await time.runUntil(run.end);
      return running.taps.nodes();
    } finally {
      gate.isOpen = false;
      // A stop waits for time to go on: for a commit, or for what does not come to an end.
      const stopped = running.stop(DRAIN_MS);
      await time.runUntil(time.clock.now() + DRAIN_MS);
      await stopped;
    }
  } finally {
    programs.closeAll();
  }
}

function seenThrough(gate: { readonly isOpen: boolean }, { observer, notice }: VirtualRun) {
  return {
    notice: (said: Notice, at: number): void => {
      if (gate.isOpen) notice(said, at);
    },
    observer: {
      visit: (visit) => (gate.isOpen ? observer.visit(visit) : () => undefined),
      asked: (visit, what) => (gate.isOpen ? observer.asked(visit, what) : { more: () => undefined }),
    } satisfies Observer,
  };
}

function shellOf(
  time: VirtualTime,
  run: Pick<VirtualRun, 'observer' | 'notice'>,
  programs: Programs,
  parts: VirtualParts,
): Shell {
  let ids = 0;
  return {
    workspace: 'test',
    clock: time.clock,
    newId: () => `test-${(ids += 1)}`,
    // Nothing outside ever fails here, so nothing is tried again after a time drawn by chance.
    random: () => 0.5,
    elapsed: () => 0,
    scheduler: time.scheduler,
    store: memoryStateStore(),
    implementations: observedNodes(parts.implementations, parts.catalog, run.observer),
    connection: noOutside,
    program: (flow, node, source) => {
      const program = programs.open(flow, node, source);
      return { ...program, run: (messages, signal) => time.track(program.run(messages, signal)) };
    },
    http: { request: noOutside, listen: noOutside, respond: noOutside },
    devices: parts.devices ?? new RunnerDevices([], { connection: 'devices', filter: 'devices/+/telemetry' }),
    reportAlarms: noOutside,
    notice: (notice) => run.notice(notice, time.clock.now()),
  };
}

/** Every node gets an outside that only tells; the shell's own is never asked. */
function noOutside(): never {
  throw new Error('A test reaches nothing outside.');
}

function connectionsNamedIn(flow: Flow, catalog: NodeCatalog): ReadonlyMap<string, string> {
  const named = flow.nodes.flatMap((node) => {
    const shape = catalog.get(node.type)?.definition.config.shape ?? {};
    return Object.entries(shape).flatMap(([field, schema]): [string, string][] => {
      const id = node.config[field];
      const type = metaOf(schema as z.ZodType)?.connectionType;
      return typeof id === 'string' && type !== undefined ? [[id, type]] : [];
    });
  });
  return new Map(named);
}
