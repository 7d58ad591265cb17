import type { MessageParts } from '@sluice/shared/message/message.ts';
import { createMessage } from '@sluice/shared/message/message.ts';
import type { NodeCatalog } from '@sluice/shared/node/catalog.ts';
import type { DeviceDirectory, ProgramSource } from '@sluice/shared/node/context.ts';
import type { NodeImplementation } from '@sluice/shared/node/implementNode.ts';
import type { Plan } from '../../engine/plan.ts';
import type { NodeCounters, RunningFlow } from '../../engine/runningFlow.ts';
import type { Notice, OwnedProgram, Shell } from '../../engine/shell.ts';
import { startFlow } from '../../engine/startFlow.ts';
import type { VirtualTime } from '../../engine/virtualTime.ts';
import { createVirtualTime } from '../../engine/virtualTime.ts';
import { memoryStateStore } from '../../storage/memoryStateStore.ts';
import { RunnerDevices } from '../deviceDirectory.ts';
import type { Observer } from './recording.ts';
import { observedNodes } from './recording.ts';

export interface VirtualFlowParts {
  readonly catalog: NodeCatalog;
  readonly implementations: ReadonlyMap<string, NodeImplementation>;
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

export interface VirtualFlowOptions {
  /** Where its clock starts, ms since the epoch. */
  readonly start: number;
  readonly observer: Observer;
  /** What the flow says, and when. */
  notice(notice: Notice, at: number): void;
  /** User code of a node. */
  program(node: string, source: ProgramSource): OwnedProgram;
}

/**
 * A flow on a clock of its own (EN11): the real nodes, state that begins empty, timers that run out as the clock passes
 * them. Sources do not start and nothing outside is reached (EN15). The same inputs make the same messages, ids included.
 */
export interface VirtualFlow {
  /**
   * Puts messages in, in order of time, and runs all that they set off at once. Rejects with a `SluiceError` for one that
   * its node cannot take.
   */
  play(inputs: readonly VirtualInput[]): Promise<void>;
  runUntil(time: number): Promise<void>;
  counters(): Readonly<Record<string, NodeCounters>>;
  /** What the flow says and does from then on is no part of the run. */
  stop(): Promise<void>;
}

const DRAIN_MS = 1_000;

export async function startVirtually(
  plan: Plan,
  options: VirtualFlowOptions,
  parts: VirtualFlowParts,
): Promise<VirtualFlow> {
  const time = createVirtualTime(options.start);
  const gate = { isOpen: true };
  const running = await startFlow(plan, shellOf(time, seenThrough(gate, options), parts));
  let inputs = 0;
  return {
    play: async (stretch) => {
      for (const input of stretch) {
        if (!time.skipTo(input.at)) await time.runUntil(input.at);
        put(running, input, `test-${(inputs += 1)}`);
      }
      await time.settle();
    },
    runUntil: (until) => time.runUntil(until),
    counters: () => running.taps.nodes(),
    stop: async () => {
      gate.isOpen = false;
      // A stop waits for time to go on: for a commit, or for what does not come to an end.
      const stopped = running.stop(DRAIN_MS);
      await time.runUntil(time.clock.now() + DRAIN_MS);
      await stopped;
    },
  };
}

function put(running: RunningFlow, { node, port, at, message }: VirtualInput, id: string): void {
  running.inject(node, port, createMessage({ ...message, time: message.time ?? at, id }));
}

function seenThrough(gate: { readonly isOpen: boolean }, options: VirtualFlowOptions): VirtualFlowOptions {
  const { observer, notice } = options;
  return {
    ...options,
    notice: (said, at) => {
      if (gate.isOpen) notice(said, at);
    },
    observer: {
      visit: (visit) => (gate.isOpen ? observer.visit(visit) : () => undefined),
      asked: (visit, what) => (gate.isOpen ? observer.asked(visit, what) : { more: () => undefined }),
    },
  };
}

function shellOf(time: VirtualTime, options: VirtualFlowOptions, parts: VirtualFlowParts): Shell {
  let ids = 0;
  return {
    workspace: 'test',
    clock: time.clock,
    newId: () => `test-shell-${(ids += 1)}`,
    // Nothing outside ever fails here, so nothing is tried again after a time drawn by chance.
    random: () => 0.5,
    elapsed: () => 0,
    scheduler: time.scheduler,
    store: memoryStateStore(),
    implementations: observedNodes(parts.implementations, parts.catalog, options.observer),
    connection: noOutside,
    program: (_flow, node, source) => {
      const program = options.program(node, source);
      return { ...program, run: (messages, signal) => time.track(program.run(messages, signal)) };
    },
    http: { request: noOutside, listen: noOutside, respond: noOutside },
    devices: parts.devices ?? new RunnerDevices([], { connection: 'devices', filter: 'devices/+/telemetry' }),
    reportAlarms: noOutside,
    notice: (notice) => options.notice(notice, time.clock.now()),
  };
}

/** Every node gets an outside that only tells; the shell's own is never asked. */
function noOutside(): never {
  throw new Error('A test reaches nothing outside.');
}
