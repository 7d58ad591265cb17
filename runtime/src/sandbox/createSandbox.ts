import { availableParallelism } from 'node:os';
import type { Message } from '@sluice/shared/message/message.ts';
import { Call, failed } from './call.ts';
import { Dispatcher } from './dispatcher.ts';
import type { Lane, LiveProgram, RunTask } from './lane.ts';
import { CHECKS, encodeMessages, release } from './lane.ts';
import type { Held, Limits, Outcome, Program, Sandbox, SandboxClock } from './sandbox.ts';
import { sentences } from './sentences.ts';
import { systemClock } from './systemClock.ts';

export interface SandboxOptions {
  readonly clock?: SandboxClock;
  /** Limits of programs that name none. */
  readonly limits?: Partial<Limits>;
  /** Resident size of the process beyond which it is killed, without what its flows may use, in MB. */
  readonly residentMb?: number;
  /** How long the process stays when no program is open, in ms. */
  readonly lingerMs?: number;
}

const DEFAULT_LIMITS: Limits = { timeoutMs: 500, memoryMb: 64 };
/** isolated-vm's own thread pool has one thread for each core and one more. */
const THREADS = availableParallelism() + 1;
const DEPTH = 3;
const MB = 1024 * 1024;
/** Batches are cut so that a call's text stays within this many characters, a message alone within eight times that. */
const BATCH_CHARS = 1_000_000;
const MESSAGE_CHARS = 8 * BATCH_CHARS;
const MOST_MESSAGES = 512;

const nothing = (): void => undefined;

/** Makes a sandbox that runs user code in a process of its own (EN13), one for each workspace. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const { clock = systemClock, residentMb = 256, lingerMs = 10_000 } = options;
  const defaults: Limits = { ...DEFAULT_LIMITS, ...options.limits };
  const listeners = new Set<(held: Held) => void>();
  const counted = { openPrograms: 0, calls: 0, messages: 0, lastProgram: 0 };
  let stopLinger = nothing;
  let isClosed = false;

  const dispatcher = new Dispatcher({
    clock,
    room: { lanes: THREADS, depth: DEPTH },
    residentLimit: (flows) => (residentMb + flows * 2 * defaults.memoryMb) * MB,
    onHeld: (held) => {
      for (const listener of listeners) listener(held);
    },
    onIdle: () => {
      stopLinger();
      if (counted.openPrograms > 0) return;
      stopLinger = clock.after(lingerMs, () => void dispatcher.stop());
    },
  });

  const open = (lane: Lane, node: string, source: LiveProgram['source'], limits: Limits): LiveProgram => {
    stopLinger();
    counted.openPrograms += 1;
    counted.lastProgram += 1;
    const program = { id: counted.lastProgram, node, source, limits, openedIn: 0, problem: undefined };
    lane.programs.add(program);
    return program;
  };
  const close = (lane: Lane, program: LiveProgram): void => {
    if (!lane.programs.has(program)) return;
    counted.openPrograms -= 1;
    dispatcher.close(lane, program);
  };

  return {
    async check(source) {
      if (isClosed) return { sentence: sentences.closed };
      const lane = dispatcher.lane(CHECKS);
      const program = open(lane, '', source, defaults);
      const { promise, resolve } = Promise.withResolvers<LiveProgram['problem']>();
      dispatcher.add(lane, [{ kind: 'open', program, kills: 0, isAlone: false, done: resolve }]);
      const problem = await promise;
      close(lane, program);
      return problem;
    },
    compile(flow, node, source, limits): Program {
      const lane = dispatcher.lane(flow);
      release(lane);
      const program = open(lane, node, source, { ...defaults, ...limits });
      return {
        async run(messages, signal) {
          signal?.throwIfAborted();
          const call = new Call(messages.length);
          counted.calls += 1;
          counted.messages += messages.length;
          if (isClosed || !lane.programs.has(program)) call.fill(0, closedOutcomes(messages));
          else dispatcher.add(lane, tasksOf(program, call, messages, 0));
          return await abortable(call, signal);
        },
        close: () => close(lane, program),
      };
    },
    onHeld(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    release(flow) {
      if (dispatcher.heldFlows.includes(flow)) release(dispatcher.lane(flow));
    },
    stats: () => ({
      ...dispatcher.stats,
      openPrograms: counted.openPrograms,
      calls: counted.calls,
      messages: counted.messages,
      heldFlows: dispatcher.heldFlows,
    }),
    useOf: (flow) => dispatcher.useOf(flow),
    askUse: () => dispatcher.askUse(),
    async close() {
      isClosed = true;
      stopLinger();
      await dispatcher.stop();
    },
  };
}

function closedOutcomes(messages: readonly Message[]): Outcome[] {
  return messages.map(() => failed('unavailable', sentences.closed));
}

async function abortable(call: Call, signal: AbortSignal | undefined): Promise<readonly Outcome[]> {
  if (signal === undefined) return await call.result;
  const abort = (): void => call.abort(signal.reason);
  signal.addEventListener('abort', abort);
  try {
    return await call.result;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Cuts the messages of a call into batches of bearable size; what cannot be sent has its outcome at once. */
function tasksOf(program: LiveProgram, call: Call, messages: readonly Message[], from: number): RunTask[] {
  if (messages.length === 0) return [];
  const text = messages.length <= MOST_MESSAGES ? textOf(messages) : undefined;
  const isFit = text !== undefined && text.length <= (messages.length === 1 ? MESSAGE_CHARS : BATCH_CHARS);
  if (isFit) return [{ kind: 'run', program, call, from, messages, text, kills: 0, isAlone: false }];
  if (messages.length === 1) {
    call.fill(from, [unsent(text)]);
    return [];
  }
  const half = Math.ceil(messages.length / 2);
  return [
    ...tasksOf(program, call, messages.slice(0, half), from),
    ...tasksOf(program, call, messages.slice(half), from + half),
  ];
}

/** Undefined when it cannot be written as one text: it is longer than a string can be. */
function textOf(messages: readonly Message[]): string | undefined {
  try {
    return encodeMessages(messages);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function unsent(text: string | undefined): Outcome {
  const size = text === undefined ? 'more than can be counted' : String(text.length);
  return failed('too-large', sentences.tooLargeToSend(size, MESSAGE_CHARS));
}
