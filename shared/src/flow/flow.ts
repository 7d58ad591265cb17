import * as z from 'zod';
import { jsonSchema } from '../message/value.ts';

/** The format that this program writes. Older ones are migrated, newer ones are refused with a sentence. */
export const FLOW_FORMAT = 1;

/** Caps on what one flow may hold; beyond them a flow is refused before it is read any further. */
export const FLOW_LIMITS = { nodes: 2_000, wires: 8_000, bytes: 4_000_000, depth: 40 } as const;

const idSchema = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[A-Za-z0-9_.:-]+$/, 'An id has letters, digits and _ . : - only.');

const recordSchema = z.record(z.string(), jsonSchema);

export const positionSchema = z.object({ x: z.number(), y: z.number() });

export const nodeSchema = z.object({
  id: idSchema,
  type: z.string().min(1).max(128),
  /** What people call this node; the title of its type where it has no name. */
  name: z.string().max(200).optional(),
  /** What people want to remember about it. */
  notes: z.string().max(20_000).optional(),
  position: positionSchema,
  /** A node that is switched off lets nothing through and runs nothing. */
  disabled: z.boolean().optional(),
  config: recordSchema.default({}),
});

/** `[node id, port name]` */
export const endSchema = z.tuple([idSchema, z.string().min(1).max(128)]);

export const wireSchema = z.object({ from: endSchema, to: endSchema });

/** One input or expectation of a scenario: a message at a node, at a time from the start. */
const scenarioMessageSchema = z.object({
  /** From the start of the scenario, as `0s`, `10m` … */
  at: z.string().default('0s'),
  node: idSchema,
  port: z.string().optional(),
  message: z.object({
    topic: z.string().optional(),
    device: z.string().optional(),
    time: z.number().optional(),
    payload: jsonSchema.optional(),
    headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  }),
});

export const scenarioSchema = z.object({
  name: z.string().min(1).max(200),
  /** Messages that the source nodes bring in, in order of `at`. */
  input: z.array(scenarioMessageSchema).max(10_000),
  /** What has to arrive at nodes, in order, and nothing else there: a message matches when it has all that is written here. */
  expect: z.array(scenarioMessageSchema).max(10_000),
  /** How long the scenario goes on after its last input, so that timers can run out. */
  runFor: z.string().default('0s'),
});

export const flowConnectionSchema = z.object({ type: z.string(), config: recordSchema.default({}) });

export const flowSchema = z.object({
  format: z.literal(FLOW_FORMAT),
  id: idSchema,
  name: z.string().min(1).max(200),
  description: z.string().max(20_000).optional(),
  /** For `sluice run` only; in the server a node names a stored connection by id. */
  connections: z.record(idSchema, flowConnectionSchema).default({}),
  nodes: z.array(nodeSchema).max(FLOW_LIMITS.nodes),
  wires: z.array(wireSchema).max(FLOW_LIMITS.wires),
  scenarios: z.array(scenarioSchema).max(200).default([]),
});

export type Flow = z.output<typeof flowSchema>;
export type FlowNode = z.output<typeof nodeSchema>;
export type Wire = z.output<typeof wireSchema>;
export type WireEnd = z.output<typeof endSchema>;
export type Scenario = z.output<typeof scenarioSchema>;
export type Position = z.output<typeof positionSchema>;

/** The name by which counters and values of a wire go: `node.port>node.port`. Ids have no `>`. */
export function wireKey(wire: Wire): string {
  return `${wire.from[0]}.${wire.from[1]}>${wire.to[0]}.${wire.to[1]}`;
}

export function emptyFlow(id: string, name: string): Flow {
  return { format: FLOW_FORMAT, id, name, connections: {}, nodes: [], wires: [], scenarios: [] };
}
