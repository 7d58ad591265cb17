import type { Readings } from '../message/arrival.ts';
import type { DeviceSelector } from './field.ts';
import type { Json, Message } from '../message/message.ts';
import type { Value } from '../message/value.ts';

/** Time, handed in (EN11). Milliseconds since the epoch. */
export interface Clock {
  now(): number;
}

/** State of a node by key (EN9). Values are JSON and never changed in place: set a new one. */
export interface KeyedState<State extends Json> {
  get(key: string): State | undefined;
  set(key: string, state: State): void;
  delete(key: string): void;
  /** Keys in the order in which they were first set. */
  keys(): IterableIterator<string>;
  readonly size: number;
}

/** A timer that ran out. `key` is what it was set for (the device, as a rule), `name` which of the node's timers it is. */
export interface DueTimer {
  readonly key: string;
  readonly name: string;
  /** When it was due, ms since the epoch; may be long past after a restart. */
  readonly dueAt: number;
}

/** Timers of a node, kept with its state (EN10). Setting one that stands moves it. */
export interface Timers {
  set(key: string, name: string, dueAt: number): void;
  clear(key: string, name: string): void;
}

/** A value of a setting for one message. Throws `ValueError` when an expression fails. */
export type Evaluator<T> = (message: Message) => T | undefined;

/** What a node reports about itself; shown as its badge. */
export interface NodeStatus {
  readonly state: 'ok' | 'waiting' | 'warning' | 'error';
  readonly text: string;
}

/** User code, run in the sandbox process (EN13). One result for each message, in order. */
export interface SandboxProgram {
  run(messages: readonly Message[], signal: AbortSignal): Promise<readonly ProgramResult[]>;
}
export type ProgramSource =
  | { readonly kind: 'function'; readonly code: string; readonly outputs: number }
  | { readonly kind: 'expression'; readonly source: string }
  | { readonly kind: 'template'; readonly source: string };
/** `value` of a function: what it returned (a message, a list of messages, a list of lists by output, or null). */
export type ProgramResult =
  | { readonly ok: true; readonly value: Json | undefined; readonly logs: readonly string[] }
  | { readonly ok: false; readonly sentence: string; readonly logs: readonly string[] };

export interface MqttPacket extends Readings {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly duplicate: boolean;
}
export type Stop = () => void | Promise<void>;

/** What nodes can do with a connection; which of them, by its type. */
export interface Connections {
  mqtt: {
    /**
     * Calls `receive` with the packets that match, as many as have come together (EN2). They are acknowledged to the
     * broker when `acknowledge` is called (EN6). While `receive` answers false packets wait for this subscriber until
     * `resume` is called; when too many do, nothing is read for any subscriber (EN5). `onBlocking` is told when that goes
     * on for a while, and when it is over.
     */
    subscribe(
      filter: string,
      qos: 0 | 1 | 2,
      receive: (packets: readonly MqttPacket[], acknowledge: () => void) => boolean,
      onBlocking?: (isBlocking: boolean) => void,
    ): Promise<Subscription>;
    /**
     * Resolves when the broker has it (QoS 0: when it is written to the socket). Rejects with `target-away` when
     * publishing it again may help (EN8); packets that are published in one go may share one promise.
     */
    publish(packet: Omit<MqttPacket, 'duplicate'>, signal: AbortSignal): Promise<void>;
    onStatus(listener: (status: NodeStatus) => void): Stop;
  };
  influxdb: {
    /** Writes lines of InfluxDB line protocol, precision ms. */
    write(lines: readonly string[], signal: AbortSignal): Promise<void>;
  };
  smtp: {
    send(mail: { to: string; subject: string; text: string }, signal: AbortSignal): Promise<void>;
  };
}
export interface Subscription {
  /** Packets that have been read and wait for room. */
  readonly waiting: number;
  resume(): void;
  stop: Stop;
}
export type ConnectionType = keyof Connections;

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
}
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A request to an `http-in` node. */
export interface IncomingRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}
export interface OutgoingAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** HTTP in and out. Requests are guarded: metadata and link-local addresses are refused when connecting. */
export interface Http {
  request(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>;
  /**
   * Serves `method path` (path may have `:name` parts). The answer is given by `respond` with the request's id; one
   * that nobody answers is answered by the source itself.
   */
  listen(method: string, path: string, receive: (request: IncomingRequest) => void): Promise<Stop>;
  /** False when the request is not waiting any more. */
  respond(requestId: string, answer: OutgoingAnswer): boolean;
}

/** Devices as the registry knows them. */
export interface DeviceDirectory {
  matches(selector: DeviceSelector, device: string): boolean;
  name(device: string): string;
  /** The topic filter by which devices publish and the connection that brings it, for `device-input`. */
  readonly telemetry: { readonly connection: string; readonly filter: string };
}

/** What an `alarm` node says of one device; the host keeps the list of alarms. */
export interface AlarmReport {
  readonly key: string;
  readonly device: string | undefined;
  readonly state: 'active' | 'cleared';
  readonly severity: 'critical' | 'major' | 'minor' | 'warning';
  readonly text: string;
  readonly time: number;
  readonly value: Json;
}

/**
 * All that a node may use. There is nothing global below the runner's shell: time, ids, state, timers and the outside
 * come in by this (EN11).
 */
export interface NodeContext<State extends Json = Json> {
  readonly workspace: string;
  readonly flow: { readonly id: string; readonly name: string };
  readonly node: { readonly id: string; readonly name: string };
  readonly clock: Clock;
  /** A new unique id for a message. */
  newId(): string;
  readonly state: KeyedState<State>;
  readonly timers: Timers;
  /**
   * Compiles a setting. Literals, paths and templates are read at once; expressions were evaluated in the sandbox
   * before the batch reached this node, so reading them is synchronous too.
   */
  evaluator<T extends Json = Json>(value: Value<T>): Evaluator<T>;
  connection<Type extends ConnectionType>(type: Type, id: string): Connections[Type];
  program(source: ProgramSource): SandboxProgram;
  readonly http: Http;
  readonly devices: DeviceDirectory;
  /** Resolves when the report is stored. */
  reportAlarms(reports: readonly AlarmReport[]): Promise<void>;
  /** Shows a message in the message panel. */
  debug(message: Message, label: string): void;
  /** Shows a line of text in the message panel: what user code printed. */
  log(text: string): void;
  status(status: NodeStatus): void;
  /** Runs something once after a time, for sources that tick (`inject`). Steps use `timers`, which survive a restart. */
  after(ms: number, run: () => void): Stop;
}
