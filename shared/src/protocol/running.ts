import * as z from 'zod';
import { scenarioSchema } from '../flow/flow.ts';
import { jsonSchema } from '../message/value.ts';
import { routesOf } from './route.ts';
import { shownMessageSchema } from './shown.ts';

// What people can look at and change while flows run: state, timers, outboxes, dead letters, traces, figures, dry runs.

const flowParams = z.object({ id: z.string() });
const nodeParams = flowParams.extend({ node: z.string() });
const okSchema = z.object({ ok: z.literal(true) });

/** What one node keeps for one key (EN9), with the timers that run for it (EN10). */
export const stateEntrySchema = z.object({
  key: z.string(),
  /** Left out where only timers are kept for the key; secrets are masked. */
  state: jsonSchema.optional(),
  /** Set in place of `state` where that is too long to be shown: how many characters of JSON it has. */
  length: z.number().optional(),
  /** When it was set last, ms since the epoch. */
  setAt: z.number().optional(),
  timers: z.array(z.object({ name: z.string(), dueAt: z.number() })),
});
export type StateEntry = z.output<typeof stateEntrySchema>;

export const nodeStateSchema = z.object({
  entries: z.array(stateEntrySchema),
  /** How many keys there are in all, whatever was searched for. */
  total: z.number(),
  timers: z.number(),
  maxKeys: z.number(),
  /** Keys put out by the cap or by age since the start. */
  evicted: z.number(),
  /** Where to go on: the `after` of the next page. */
  next: z.string().optional(),
});
export type NodeStatePage = z.output<typeof nodeStateSchema>;

/** What a deploy does to one node that keeps state: shown before (EN12). */
export const carriedStateSchema = z.object({
  node: z.string(),
  name: z.string(),
  keys: z.number(),
  timers: z.number(),
  /** `kept`: goes on with its state. `reset`: begins anew, because the type or the version of its state is another one or the node is gone. */
  fate: z.enum(['kept', 'reset', 'gone']),
});
export type CarriedState = z.output<typeof carriedStateSchema>;

/** What waits on disk for a target (EN8). */
export const outboxSchema = z.object({
  flow: z.string(),
  node: z.string(),
  name: z.string(),
  /** `sending`: the target is there, what waited is sent on. `away`: it is not. `full`: the cap is reached. */
  state: z.enum(['sending', 'away', 'full']),
  /** For a person: why, since when, when it is tried again. */
  sentence: z.string(),
  waiting: z.number(),
  bytes: z.number(),
  maxBytes: z.number(),
  /** When the oldest message came, ms since the epoch. */
  oldestAt: z.number().optional(),
  /** Messages put out because of the cap, since the start. */
  dropped: z.number(),
});
export type Outbox = z.output<typeof outboxSchema>;

/** One stay of a traced message at a node. */
export const traceStepSchema = z.object({
  node: z.string(),
  port: z.string(),
  /** Since the trace began, ms with decimals. */
  at: z.number(),
  /** How long the node took, ms with decimals; left out while it is under way. */
  took: z.number().optional(),
  in: z.array(shownMessageSchema),
  out: z.array(z.object({ port: z.string(), message: shownMessageSchema })),
  /** What became of it where nothing came out: `absorbed` into state, `waiting` for a target, `sent` by a sink. */
  outcome: z.enum(['passed', 'nothing', 'absorbed', 'waiting', 'sent', 'failed', 'dead-letter']),
  /** The error, or what it waits for. */
  sentence: z.string().optional(),
});
export type TraceStep = z.output<typeof traceStepSchema>;

export const traceSchema = z.object({
  id: z.string(),
  flow: z.string(),
  /** Nobody asked for it: now and then one is taken while somebody watches the flow. */
  isSampled: z.boolean().optional(),
  /** ms since the epoch. */
  startedAt: z.number(),
  device: z.string().optional(),
  topic: z.string(),
  /** The message is through, or waits where a trace cannot see it. */
  isDone: z.boolean(),
  /** Where it stopped and why, in words. */
  end: z.string(),
  steps: z.array(traceStepSchema),
});
export type Trace = z.output<typeof traceSchema>;

/** Figures of one node, since the start of the flow unless said otherwise. */
export const nodeFiguresSchema = z.object({
  node: z.string(),
  name: z.string(),
  type: z.string(),
  in: z.number(),
  out: z.number(),
  errors: z.number(),
  deadLetters: z.number(),
  waiting: z.number(),
  evicted: z.number(),
  retries: z.number(),
  /** Processor time that its steps have used, ms (sampled). */
  busyMs: z.number(),
});
export type NodeFigures = z.output<typeof nodeFiguresSchema>;

export const flowFiguresSchema = z.object({
  flow: z.string(),
  name: z.string(),
  version: z.number(),
  state: z.string(),
  /** Messages a second that its sources brought in, over the last 10 s. */
  rate: z.number(),
  /** Share of one processor core over the last 10 s, that of its user code in the sandbox process included: 1 is one whole core. */
  cpu: z.number(),
  /** Bytes that state, timers and waiting messages are reckoned to take, and its user code in the sandbox process. */
  memory: z.number(),
  /** Messages taken in and not yet acknowledged, and the age of the oldest in ms. */
  underWay: z.number(),
  oldestMs: z.number(),
  batches: z.number(),
  messages: z.number(),
  nodes: z.array(nodeFiguresSchema),
});
export type FlowFigures = z.output<typeof flowFiguresSchema>;

export const figuresSchema = z.object({
  at: z.number(),
  flows: z.array(flowFiguresSchema),
  processes: z.array(
    z.object({
      role: z.enum(['server', 'runner', 'sandbox']),
      /** Share of one core, 0 to 1, and resident bytes. */
      cpu: z.number(),
      memory: z.number(),
      restarts: z.number(),
    }),
  ),
  /** Delay of the runner's event loop over the last 10 s, ms. */
  loopDelay: z.object({ mean: z.number(), p99: z.number(), max: z.number() }),
  /** What sources have waiting outside: messages, by flow and node, where they can tell. */
  lag: z.array(z.object({ flow: z.string(), node: z.string(), messages: z.number() })),
});
export type Figures = z.output<typeof figuresSchema>;

/** What a workspace may take; what goes beyond is refused, what runs goes on. Storage beyond its limit raises an alarm too. */
export const limitsSchema = z.object({
  flows: z.number().int().min(1).max(100_000),
  nodesPerFlow: z.number().int().min(1).max(2_000),
  /** Bytes that state, timers and waiting messages of all flows may take on disk. */
  storageBytes: z.number().int().min(1_000_000),
  deadLettersPerFlow: z.number().int().min(10).max(1_000_000),
  /** Dead letters a minute above which an alarm is raised. */
  deadLettersAMinute: z.number().int().min(1).max(1_000_000),
  /** Devices beyond these are not registered. */
  devices: z.number().int().min(1).max(100_000),
  /** Messages that all flows together take in, counted for each flow that takes one; beyond them sources wait. */
  messagesASecond: z.number().int().min(10).max(10_000_000),
});
export type Limits = z.output<typeof limitsSchema>;

/** A message for a dry run: at a node, out of one of its ports or into it. */
export const dryInputSchema = z.object({
  node: z.string(),
  /** The output it comes out of; without: it goes into the node (a source: out of `out`). */
  port: z.string().max(128).optional(),
  /** Event time and clock, ms since the epoch. Inputs run in order of it. */
  time: z.number(),
  topic: z.string().max(65_535).default(''),
  device: z.string().max(256).optional(),
  payload: jsonSchema.default(null),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});
export type DryInput = z.output<typeof dryInputSchema>;

/** Something that a sink would have done (EN15). */
export const dryEffectSchema = z.object({
  node: z.string(),
  at: z.number(),
  /** In words: `publish to alerts/f1`. */
  what: z.string(),
  message: shownMessageSchema,
});
export type DryEffect = z.output<typeof dryEffectSchema>;

export const dryRunSchema = z.object({
  problems: z.array(
    z.object({
      severity: z.enum(['error', 'warning']),
      code: z.string(),
      sentence: z.string(),
      node: z.string().optional(),
      field: z.string().optional(),
      wire: z.string().optional(),
    }),
  ),
  /** What each node got and gave, in order; cut to the first 2,000. */
  steps: z.array(
    z.object({
      node: z.string(),
      at: z.number(),
      port: z.string(),
      /** Left out where a timer of the node ran out (EN10). */
      in: shownMessageSchema.optional(),
      out: z.array(z.object({ port: z.string(), message: shownMessageSchema })),
      error: z.string().optional(),
    }),
  ),
  effects: z.array(dryEffectSchema),
  /** By node: messages in and out, errors. */
  counts: z.record(z.string(), z.object({ in: z.number(), out: z.number(), errors: z.number() })),
  /** More came than is listed above. */
  isCut: z.boolean(),
  /** How long the run took, and how much time it covered, ms. */
  tookMs: z.number(),
  coveredMs: z.number(),
});
export type DryRun = z.output<typeof dryRunSchema>;

export const scenarioResultSchema = z.object({
  name: z.string(),
  isPassed: z.boolean(),
  /** Each difference in words. */
  differences: z.array(z.string()),
});
export type ScenarioOutcome = z.output<typeof scenarioResultSchema>;

/** Which dead letters: all that fit all that is said. */
export const letterFilterSchema = z.object({
  flow: z.string().optional(),
  node: z.string().optional(),
  /** The sentence of the error, whole. */
  sentence: z.string().max(10_000).optional(),
  /** Failed no later than this, ms since the epoch: what fails again while others are sent is left alone. */
  until: z.coerce.number().optional(),
});
export type LetterFilter = z.output<typeof letterFilterSchema>;

export const letterGroupSchema = z.object({
  flow: z.string(),
  node: z.string(),
  sentence: z.string(),
  count: z.number(),
  newestAt: z.number(),
  oldestAt: z.number(),
});
export type LetterGroup = z.output<typeof letterGroupSchema>;

export const RUNNING_ROUTES = routesOf({
  nodeState: {
    method: 'get',
    path: '/api/flows/:id/nodes/:node/state',
    permission: 'signed-in',
    summary: 'What a node keeps, by key, with its timers; a page of it',
    params: nodeParams,
    query: z.object({
      /** Part of a key. */
      search: z.string().max(256).optional(),
      after: z.string().optional(),
      limit: z.coerce.number().int().min(1).max(1_000).default(100),
    }),
    response: nodeStateSchema,
  },
  setNodeState: {
    method: 'put',
    path: '/api/flows/:id/nodes/:node/state/:key',
    permission: 'integrator',
    summary:
      'Change what a node keeps for one key. A key that is empty, “.” or “..” or begins with a quote is written as JSON text, as ""',
    params: nodeParams.extend({ key: z.string() }),
    body: z.object({ state: jsonSchema }),
    response: okSchema,
  },
  clearNodeStateKey: {
    method: 'delete',
    path: '/api/flows/:id/nodes/:node/state/:key',
    permission: 'integrator',
    summary:
      'Forget what a node keeps for one key, its timers too. Some keys are written as JSON text, as for changing',
    params: nodeParams.extend({ key: z.string() }),
    response: okSchema,
  },
  clearNodeState: {
    method: 'delete',
    path: '/api/flows/:id/nodes/:node/state',
    permission: 'integrator',
    summary: 'Forget all that a node keeps',
    params: nodeParams,
    response: z.object({ cleared: z.number() }),
  },
  carriedState: {
    method: 'get',
    path: '/api/flows/:id/carried-state',
    permission: 'signed-in',
    summary: 'What a deploy of the draft would do to the state and timers that are there',
    params: flowParams,
    response: z.array(carriedStateSchema),
  },

  outboxes: {
    method: 'get',
    path: '/api/outboxes',
    permission: 'signed-in',
    summary: 'What waits on disk for targets that are away',
    response: z.array(outboxSchema),
  },
  clearOutbox: {
    method: 'delete',
    path: '/api/flows/:id/nodes/:node/outbox',
    permission: 'integrator',
    summary: 'Drop all that waits for this node’s target',
    params: nodeParams,
    response: z.object({ dropped: z.number() }),
  },

  deadLetterGroups: {
    method: 'get',
    path: '/api/dead-letters/groups',
    permission: 'signed-in',
    summary: 'Failed messages counted by flow, node and error',
    query: letterFilterSchema,
    response: z.object({ groups: z.array(letterGroupSchema), kept: z.number(), dropped: z.number() }),
  },
  exportDeadLetters: {
    method: 'get',
    path: '/api/dead-letters/export',
    permission: 'integrator',
    summary:
      'Failed messages as JSON, whole, oldest first; bytes are base64 in `message.bytes`. At most 10,000 or about 16 MB at a time: go on with `after`, until nothing comes',
    query: letterFilterSchema.extend({
      /** The id of a message: those that failed after it. */
      after: z.string().optional(),
    }),
    response: z.array(jsonSchema),
  },
  replayDeadLetters: {
    method: 'post',
    path: '/api/dead-letters/replay',
    permission: 'integrator',
    summary:
      'Send failed messages that fit into their nodes again, oldest first, for at most 10 s; ask again while some are left',
    body: letterFilterSchema,
    response: z.object({
      replayed: z.number(),
      /** Of those that there were at the start. */
      left: z.number(),
      /** Why some cannot be sent now. */
      sentence: z.string().optional(),
    }),
  },
  dropDeadLetters: {
    method: 'post',
    path: '/api/dead-letters/drop',
    permission: 'integrator',
    summary: 'Drop all failed messages that fit',
    body: letterFilterSchema,
    response: z.object({ dropped: z.number() }),
  },

  startTrace: {
    method: 'post',
    path: '/api/flows/:id/traces',
    permission: 'signed-in',
    summary: 'Trace the next message of a source, or of a device',
    params: flowParams,
    body: z.object({ node: z.string().optional(), device: z.string().max(256).optional() }),
    response: okSchema,
  },
  traces: {
    method: 'get',
    path: '/api/flows/:id/traces',
    permission: 'signed-in',
    summary: 'The last traces of a flow, newest first',
    params: flowParams,
    response: z.array(traceSchema),
  },

  figures: {
    method: 'get',
    path: '/api/metrics',
    permission: 'signed-in',
    summary: 'Figures of all flows, nodes and processes, as the metrics page shows them',
    response: figuresSchema,
  },
  limits: {
    method: 'get',
    path: '/api/limits',
    permission: 'signed-in',
    summary: 'What the workspace may take',
    response: limitsSchema,
  },
  saveLimits: {
    method: 'put',
    path: '/api/limits',
    permission: 'owner',
    summary: 'Change what the workspace may take',
    body: limitsSchema,
    response: limitsSchema,
  },

  dryRun: {
    method: 'post',
    path: '/api/flows/:id/dry-run',
    permission: 'signed-in',
    summary:
      'Run the draft (or the flow that is sent) on messages with their own clock; nothing is done outside',
    params: flowParams,
    body: z.object({
      /** In place of the draft. */
      flow: z.unknown().optional(),
      inputs: z.array(dryInputSchema).max(100_000),
      /** Nodes behind this one do not run. */
      until: z.string().optional(),
      /** How long the clock goes on after the last input, as `10m`. */
      runFor: z.string().max(20).default('0s'),
    }),
    response: dryRunSchema,
  },
  runScenarios: {
    method: 'post',
    path: '/api/flows/:id/scenarios',
    permission: 'signed-in',
    summary: 'Run the scenarios of the draft (or those that are sent with it)',
    params: flowParams,
    body: z.object({ flow: z.unknown().optional(), scenarios: z.array(scenarioSchema).max(200).optional() }),
    response: z.array(scenarioResultSchema),
  },
  recentInputs: {
    method: 'get',
    path: '/api/flows/:id/inputs',
    permission: 'signed-in',
    summary: 'The last messages that the sources of a running flow brought in, as inputs for a dry run',
    params: flowParams,
    response: z.array(dryInputSchema),
  },
});
