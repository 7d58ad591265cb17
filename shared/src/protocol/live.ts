import * as z from 'zod';
import { jsonSchema } from '../message/value.ts';
import { alarmSchema, deploymentStateSchema, deviceSchema } from './http.ts';
import { roleSchema } from './people.ts';
import { traceSchema } from './running.ts';
import { headersSchema, shownMessageSchema } from './shown.ts';

// The live socket: one schema for each event. The server checks what clients send; both sides share the types.

export const watchSchema = z.object({ flow: z.string(), nodes: z.array(z.string()).max(2_000).optional() });
export const unwatchSchema = z.object({ flow: z.string() });
export const pauseSchema = z.object({ flow: z.string(), paused: z.boolean() });
/** Without a message: what the node's button sends. With `port`: comes out of that output; without: goes into the node. */
export const injectSchema = z.object({
  flow: z.string(),
  node: z.string(),
  port: z.string().max(128).optional(),
  message: z
    .object({
      topic: z.string().max(65_535).optional(),
      device: z.string().max(256).optional(),
      payload: jsonSchema.optional(),
      headers: headersSchema.optional(),
    })
    .optional(),
});
export type Inject = z.output<typeof injectSchema>;

/** Every 250 ms, for what is watched: wire (by `wireKey`) to messages since the start and per second. */
export const countersSchema = z.object({
  flow: z.string(),
  wires: z.record(z.string(), z.tuple([z.number(), z.number()])),
  /** Node to errors since the start. */
  errors: z.record(z.string(), z.number()),
});
export type Counters = z.output<typeof countersSchema>;

/** Sampled messages: at most 10 a second for a wire. */
export const valuesSchema = z.object({
  flow: z.string(),
  samples: z.array(z.object({ wire: z.string(), message: shownMessageSchema })),
});
export type Values = z.output<typeof valuesSchema>;

export const nodeStatusSchema = z.object({
  state: z.enum(['ok', 'waiting', 'warning', 'error']),
  text: z.string(),
});
export const statusSchema = z.object({
  flow: z.string(),
  deployment: z
    .object({ version: z.number(), state: deploymentStateSchema, sentence: z.string(), since: z.number() })
    .optional(),
  nodes: z.record(z.string(), nodeStatusSchema),
});
export type Status = z.output<typeof statusSchema>;

/** The message panel: what debug nodes show, what failed, what user code logged. */
export const logSchema = z.object({
  flow: z.string(),
  entries: z.array(
    z.object({
      id: z.string(),
      at: z.number(),
      kind: z.enum(['debug', 'error', 'log', 'notice']),
      node: z.string().optional(),
      /** The label of a debug node, or the sentence of an error. */
      text: z.string(),
      message: shownMessageSchema.optional(),
    }),
  ),
  /** How many were left out because more came than is shown. */
  skipped: z.number(),
});
export type Log = z.output<typeof logSchema>;
export type LogEntry = Log['entries'][number];

/** Devices that changed, at most once a second, for sockets that asked by `watchDevices`. */
export const devicesChangedSchema = z.object({ devices: z.array(deviceSchema) });
export type DevicesChanged = z.output<typeof devicesChangedSchema>;

/** An alarm that was raised, repeated or cleared. */
export const alarmChangedSchema = z.object({ alarm: alarmSchema });
export type AlarmChanged = z.output<typeof alarmChangedSchema>;

/** A trace that was asked for, each time it has gone on. */
export const traceChangedSchema = z.object({ flow: z.string(), trace: traceSchema });
export type TraceChanged = z.output<typeof traceChangedSchema>;

/** Who the socket belongs to has another role in its workspace now. */
export const roleChangedSchema = z.object({ role: roleSchema });
export type RoleChanged = z.output<typeof roleChangedSchema>;

/** The last event of a socket that the server ends: signed out, gone to another workspace, too fast. */
export const endedSchema = z.object({ code: z.string(), sentence: z.string() });
export type Ended = z.output<typeof endedSchema>;

export type Answer = { ok: true } | { ok: false; code: string; sentence: string };

/** Events that a client sends; each is answered. */
export interface ClientEvents {
  watch(request: z.input<typeof watchSchema>, answer: (answer: Answer) => void): void;
  unwatch(request: z.input<typeof unwatchSchema>, answer: (answer: Answer) => void): void;
  pause(request: z.input<typeof pauseSchema>, answer: (answer: Answer) => void): void;
  inject(request: z.input<typeof injectSchema>, answer: (answer: Answer) => void): void;
  watchDevices(request: { on: boolean }, answer: (answer: Answer) => void): void;
}

/** Events that the server sends. */
export interface ServerEvents {
  counters(counters: Counters): void;
  values(values: Values): void;
  status(status: Status): void;
  log(log: Log): void;
  devices(changed: DevicesChanged): void;
  alarm(changed: AlarmChanged): void;
  trace(changed: TraceChanged): void;
  role(changed: RoleChanged): void;
  ended(ended: Ended): void;
}
