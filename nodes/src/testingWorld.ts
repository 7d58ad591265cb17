import type { Json, Message } from '@sluice/shared/message/message.ts';
import { compileValue } from '@sluice/shared/message/compileValue.ts';
import type {
  AlarmReport,
  DueTimer,
  Evaluator,
  NodeContext,
  NodeStatus,
  ProgramSource,
  SandboxProgram,
} from '@sluice/shared/node/context.ts';
import type { FakeDevice, Outside } from './testingOutside.ts';
import { fakeDevices, fakeOutside } from './testingOutside.ts';

/** When a world begins: 2026-01-01T00:00:00Z, so that windows and days start with it. */
export const WORLD_START = 1_767_225_600_000;

interface Appointment {
  readonly dueAt: number;
  readonly run: () => void;
}

/** Where nodes under test live: time that stands until it is moved, state and timers that outlive a node. */
export interface World {
  now: number;
  readonly outside: Outside;
  /** State by key; what a store on disk would hold. */
  readonly state: Map<string, Json>;
  /** Timers by key and name, as a store on disk would hold them. */
  readonly timers: Map<string, DueTimer>;
  readonly appointments: Set<Appointment>;
  readonly statuses: NodeStatus[];
  readonly debugged: { readonly message: Message; readonly label: string }[];
  readonly logs: string[];
  readonly alarms: AlarmReport[];
  /** User code that nodes have asked the sandbox for. */
  readonly programs: ProgramSource[];
  readonly context: NodeContext;
}

export interface WorldOptions {
  readonly devices?: readonly FakeDevice[];
  /** Runs user code. Without it a node that needs some can be made, but every run of it fails. */
  readonly program?: (source: ProgramSource) => SandboxProgram;
}

export function createWorld(options: WorldOptions = {}): World {
  const world: Omit<World, 'context'> = {
    now: WORLD_START,
    outside: fakeOutside(),
    state: new Map(),
    timers: new Map(),
    appointments: new Set(),
    statuses: [],
    debugged: [],
    logs: [],
    alarms: [],
    programs: [],
  };
  return Object.assign(world, { context: contextOf(world, options) });
}

function contextOf(world: Omit<World, 'context'>, options: WorldOptions): NodeContext {
  let ids = 0;
  const program = (source: ProgramSource): SandboxProgram => {
    world.programs.push(source);
    return options.program?.(source) ?? { run: () => Promise.reject(new Error('There is no sandbox here.')) };
  };
  return {
    workspace: 'workspace',
    flow: { id: 'flow', name: 'Flow' },
    node: { id: 'node', name: 'Node' },
    clock: { now: () => world.now },
    newId: () => `new-${(ids += 1)}`,
    state: stateOf(world.state),
    timers: {
      set: (key, name, dueAt) => void world.timers.set(timerKey(key, name), { key, name, dueAt }),
      clear: (key, name) => void world.timers.delete(timerKey(key, name)),
    },
    evaluator: (value) => compileValue(value, (source) => unread(source, program)),
    connection: (type) => world.outside.connections[type],
    program,
    http: world.outside.http.http,
    devices: fakeDevices(options.devices ?? []),
    reportAlarms: async (reports) => void world.alarms.push(...reports),
    debug: (message, label) => void world.debugged.push({ message, label }),
    log: (text) => void world.logs.push(text),
    status: (status) => void world.statuses.push(status),
    after: (ms, run) => {
      const appointment = { dueAt: world.now + ms, run };
      world.appointments.add(appointment);
      return () => void world.appointments.delete(appointment);
    },
  };
}

function timerKey(key: string, name: string): string {
  return JSON.stringify([key, name]);
}

/** State that notices what a real store would not forgive: values that are not JSON, or that are changed in place. */
function stateOf(stored: Map<string, Json>): NodeContext['state'] {
  return {
    get: (key) => stored.get(key),
    set: (key, state) => void stored.set(key, frozen(state)),
    delete: (key) => void stored.delete(key),
    keys: () => stored.keys(),
    get size() {
      return stored.size;
    },
  };
}

function frozen<T extends Json>(value: T): T {
  if (value === undefined || (typeof value === 'number' && !Number.isFinite(value)))
    throw new TypeError(`State has to be JSON, and ${String(value)} is not.`);
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.values(value).forEach((inner: Json) => frozen(inner));
    Object.freeze(value);
  }
  return value;
}

/** The world has no sandbox: an expression is asked for, and reading it fails. */
function unread(source: string, program: (source: ProgramSource) => unknown): Evaluator<Json> {
  program({ kind: 'expression', source });
  return () => {
    throw new Error(`The expression “${source}” needs the sandbox.`);
  };
}

/** Moves the clock to a time, stopping at whatever is due on the way, in due order. */
export function moveTo(world: World, end: number, timersDue: (due: readonly DueTimer[]) => void): void {
  for (;;) {
    const next = Math.min(
      ...[...world.timers.values(), ...world.appointments].map(({ dueAt }) => dueAt),
      Number.POSITIVE_INFINITY,
    );
    if (next > end) break;
    world.now = Math.max(world.now, next);
    const due = [...world.timers.values()].filter(({ dueAt }) => dueAt <= world.now);
    for (const timer of due) world.timers.delete(timerKey(timer.key, timer.name));
    if (due.length > 0) timersDue(due.sort((one, other) => one.dueAt - other.dueAt));
    const ripe = [...world.appointments].filter(({ dueAt }) => dueAt <= world.now);
    for (const appointment of ripe) if (world.appointments.delete(appointment)) appointment.run();
  }
  world.now = end;
}
