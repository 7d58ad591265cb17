import type { ProgramSource } from '@sluice/shared/node/context.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import type { OpenBody } from './bodies.ts';
import type { Call } from './call.ts';
import type { Frame } from './frames.ts';
import type { Held, Limits, SourceProblem } from './sandbox.ts';
import type { Strikes } from './strikes.ts';

/** A program of the host's side. */
export interface LiveProgram {
  readonly id: number;
  readonly node: string;
  readonly source: ProgramSource;
  readonly limits: Limits;
  /** The era of its lane in which the guest was told of it. */
  openedIn: number;
  /** What is wrong with its source, once the guest said so. */
  problem: SourceProblem | undefined;
}

interface TaskParts {
  readonly program: LiveProgram;
  /** How often the process ended while this ran. */
  readonly kills: number;
  /** Runs while nothing else runs, so that a death of the process is its own. */
  readonly isAlone: boolean;
}
export interface OpenTask extends TaskParts {
  readonly kind: 'open';
  /** Told when it is open, with what is wrong with the source. */
  readonly done: (problem: SourceProblem | undefined) => void;
}
export interface RunTask extends TaskParts {
  readonly kind: 'run';
  readonly call: Call;
  /** Where the first message stands in the call. */
  readonly from: number;
  readonly messages: readonly Message[];
  /** The messages as JSON. */
  readonly text: string;
}
/** One thing for the guest to do. */
export type Task = OpenTask | RunTask;

export interface Sent {
  readonly request: number;
  readonly era: number;
  readonly task: Task;
}

/** What is to be done for one flow, in order: it has one isolate, so one thing runs at a time. */
export interface Lane {
  readonly flow: string;
  readonly programs: Set<LiveProgram>;
  waiting: Task[];
  running: Sent[];
  /** Rises when the isolate is lost; programs of an earlier era have to be opened again. */
  era: number;
  strikes: Strikes;
  held: Held | undefined;
  stopDeadline: () => void;
}

/** The lane of syntax checks; it is never held. Ids of flows are not empty. */
export const CHECKS = '';

const nothing = (): void => undefined;

export function createLane(flow: string): Lane {
  return {
    flow,
    programs: new Set(),
    waiting: [],
    running: [],
    era: 1,
    strikes: [],
    held: undefined,
    stopDeadline: nothing,
  };
}

/** Lets the flow run again that was held. */
export function release(lane: Lane): void {
  lane.held = undefined;
  lane.strikes = [];
}

export interface Room {
  /** Lanes that run at the same time: the threads that isolated-vm has, so that what was sent does run. */
  readonly lanes: number;
  /** Batches of one lane under way, so that the isolate has the next one at once. */
  readonly depth: number;
}

/**
 * Picks the lane that sends next; undefined when all have to wait. `lanes` are those with something to do, the one that
 * was served longest ago first.
 */
export function nextLane(lanes: readonly Lane[], room: Room): Lane | undefined {
  const active = lanes.filter((lane) => lane.running.length > 0);
  if (active.some((lane) => lane.running[0]?.task.isAlone)) return undefined;
  const isFull = active.length >= room.lanes;
  const doOthersWait = lanes.some((lane) => lane.running.length === 0 && lane.waiting.length > 0);
  for (const lane of lanes) {
    const next = lane.waiting[0];
    if (next === undefined) continue;
    // Nothing new starts until it has had its turn.
    if (next.isAlone) return active.length === 0 ? lane : undefined;
    if (lane.running.length === 0) {
      if (!isFull) return lane;
    } else if (canFollow(lane, next, room) && !(isFull && doOthersWait)) return lane;
  }
  return undefined;
}

/** Opening takes several steps inside the guest, so nothing runs beside it in the same isolate. */
function canFollow(lane: Lane, next: Task, room: Room): boolean {
  return lane.running.length < room.depth && next.kind === 'run' && lane.running[0]?.task.kind === 'run';
}

/** The messages of a batch, each as a task of its own. */
export function splitTask(task: RunTask, change: { kills: number; isAlone: boolean }): RunTask[] {
  return task.messages.map((message, at) => ({
    ...task,
    ...change,
    from: task.from + at,
    messages: [message],
    text: task.messages.length === 1 ? task.text : encodeMessages([message]),
  }));
}

/** Messages as JSON; bytes become a list of numbers. */
export function encodeMessages(messages: readonly Message[]): string {
  const hasBytes = messages.some((message) => message.payload instanceof Uint8Array);
  if (!hasBytes) return JSON.stringify(messages);
  return JSON.stringify(
    messages.map((message) =>
      message.payload instanceof Uint8Array ? { ...message, payload: [...message.payload] } : message,
    ),
  );
}

/** What the guest is told to do. */
export function frameOf(lane: Lane, { request, task }: Sent): Frame {
  const { id, source, limits } = task.program;
  if (task.kind === 'run') return { kind: 'run', request, program: id, body: task.text };
  const body: OpenBody = { flow: lane.flow, source, ...limits };
  return { kind: 'open', request, program: id, body: JSON.stringify(body) };
}
