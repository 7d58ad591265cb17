import * as z from 'zod';
import { flowSchema } from '../flow/flow.ts';
import { jsonSchema } from '../message/value.ts';
import { AUDIT_ROUTES } from './audit.ts';
import { CREDENTIAL_ROUTES } from './credentials.ts';
import { KEY_ROUTES } from './keys.ts';
import { passwordSchema, PEOPLE_ROUTES, secondFactorSchema, userSchema } from './people.ts';
import { routesOf } from './route.ts';
import { letterFilterSchema, RUNNING_ROUTES } from './running.ts';
import { shownMessageSchema } from './shown.ts';
import { WORKSPACE_ROUTES } from './workspaces.ts';

// The REST interface: one schema for each resource and one row for each route. The server mounts the rows, the editor
// calls them, and /api/openapi.json is made from them.

export const problemSchema = z.object({
  severity: z.enum(['error', 'warning']),
  code: z.string(),
  sentence: z.string(),
  node: z.string().optional(),
  field: z.string().optional(),
  wire: z.string().optional(),
});

/** RFC 9457 problem details. `code` is one of shared/src/errors.ts. */
export const problemDetailsSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  code: z.string(),
  problems: z.array(problemSchema).optional(),
});
export type ProblemDetails = z.output<typeof problemDetailsSchema>;

const emailSchema = z.email('Write an e-mail address such as ada@example.org.').max(254);

export const deploymentStateSchema = z.enum(['starting', 'running', 'stopped', 'failed', 'held']);
export type DeploymentState = z.output<typeof deploymentStateSchema>;

export const deploymentSchema = z.object({
  flow: z.string(),
  version: z.number(),
  state: deploymentStateSchema,
  /** For a person: `Running since …`, or why not. */
  sentence: z.string(),
  /** Since when it is in this state, ms since the epoch. */
  since: z.number(),
});
export type Deployment = z.output<typeof deploymentSchema>;

export const flowSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  /** Grows with each save of the draft. */
  revision: z.number(),
  updatedAt: z.number(),
  updatedBy: z.string(),
  nodeCount: z.number(),
  /** Sentences of the nodes in order: what the flow does, in words. */
  sentence: z.string(),
  /** The draft differs from the version that is deployed. */
  changed: z.boolean(),
  deployment: deploymentSchema.optional(),
});
export type FlowSummary = z.output<typeof flowSummarySchema>;

export const flowResourceSchema = flowSummarySchema.extend({ flow: flowSchema });
export type FlowResource = z.output<typeof flowResourceSchema>;

export const versionSchema = z.object({
  version: z.number(),
  createdAt: z.number(),
  createdBy: z.string(),
  note: z.string(),
  /** SHA-256 of the canonical flow, hex. */
  hash: z.string(),
});
export type Version = z.output<typeof versionSchema>;

export const measurementSchema = z.object({
  value: z.union([z.number(), z.string(), z.boolean()]),
  /** Event time, ms since the epoch. */
  time: z.number(),
});

export const deviceSchema = z.object({
  id: z.string(),
  name: z.string(),
  model: z.string(),
  tags: z.array(z.string()),
  firstSeen: z.number(),
  lastSeen: z.number(),
  /** Messages a minute, over the last five minutes. */
  rate: z.number(),
  /** Last value by measurement name. */
  measurements: z.record(z.string(), measurementSchema),
  topic: z.string(),
});
export type Device = z.output<typeof deviceSchema>;

/** Settings of a connection; a secret is written and never read back: `secrets` tells only which are set. */
export const connectionSchema = z.object({
  id: z.string(),
  name: z.string(),
  type: z.enum(['mqtt', 'influxdb', 'smtp']),
  config: z.record(z.string(), jsonSchema),
  secrets: z.array(z.string()),
  revision: z.number(),
  /** Made by Sluice itself (the embedded broker); cannot be changed or deleted. */
  builtIn: z.boolean(),
});
export type Connection = z.output<typeof connectionSchema>;

export const alarmSchema = z.object({
  id: z.string(),
  flow: z.string(),
  node: z.string(),
  key: z.string(),
  device: z.string().optional(),
  state: z.enum(['active', 'cleared']),
  severity: z.enum(['critical', 'major', 'minor', 'warning']),
  text: z.string(),
  raisedAt: z.number(),
  lastSeen: z.number(),
  clearedAt: z.number().optional(),
  count: z.number(),
  value: jsonSchema,
});
export type Alarm = z.output<typeof alarmSchema>;

export const deadLetterSchema = z.object({
  id: z.string(),
  flow: z.string(),
  node: z.string(),
  /** The port at which the message came in. */
  port: z.string(),
  at: z.number(),
  sentence: z.string(),
  /** Cut, and secrets masked. */
  message: shownMessageSchema,
});
export type DeadLetter = z.output<typeof deadLetterSchema>;

const okSchema = z.object({ ok: z.literal(true) });
const revisionSchema = z.object({ revision: z.number() });
const flowParams = z.object({ id: z.string() });

/**
 * A request of a page names the workspace that the page shows. Where its session stands in another one by now, chosen
 * in another tab, it is refused with `other-workspace`: nothing of one workspace is ever written into another.
 */
export const WORKSPACE_HEADER = 'sluice-workspace';

export const ROUTES = routesOf({
  firstStart: {
    method: 'get',
    path: '/api/first-start',
    permission: 'public',
    summary: 'Whether the first account still has to be made',
    response: z.object({ needed: z.boolean() }),
  },
  createFirstAccount: {
    method: 'post',
    path: '/api/first-start',
    permission: 'public',
    summary: 'Make the first account with the one-time token of the printed link',
    body: z.object({
      token: z.string().max(200),
      email: emailSchema,
      name: z.string().min(1).max(200),
      password: passwordSchema,
    }),
    response: userSchema,
  },
  signIn: {
    method: 'post',
    path: '/api/session',
    permission: 'public',
    summary: 'Sign in; the answer sets the session cookie',
    body: z.object({
      email: z.string().max(254),
      password: z.string().max(1_000),
      /** When an authenticator is asked for: `second-factor-needed` says so. */
      code: secondFactorSchema.optional(),
    }),
    response: userSchema,
  },
  session: {
    method: 'get',
    path: '/api/session',
    permission: 'signed-in',
    summary: 'Who is signed in',
    response: userSchema,
  },
  signOut: {
    method: 'delete',
    path: '/api/session',
    permission: 'public',
    summary: 'Sign out; does nothing for who is not signed in',
    response: okSchema,
  },

  flows: {
    method: 'get',
    path: '/api/flows',
    permission: 'signed-in',
    summary: 'All flows',
    response: z.array(flowSummarySchema),
  },
  createFlow: {
    method: 'post',
    path: '/api/flows',
    permission: 'integrator',
    summary: 'Make a flow; without `flow` an empty one',
    body: z.object({ name: z.string().min(1).max(200), flow: z.unknown().optional() }),
    response: flowResourceSchema,
  },
  flow: {
    method: 'get',
    path: '/api/flows/:id',
    permission: 'signed-in',
    summary: 'One flow with its draft',
    params: flowParams,
    response: flowResourceSchema,
  },
  saveFlow: {
    method: 'put',
    path: '/api/flows/:id',
    permission: 'integrator',
    summary: 'Save the draft; 409 when `revision` is not the newest',
    params: flowParams,
    body: z.object({ revision: z.number(), flow: z.unknown() }),
    response: flowResourceSchema,
  },
  deleteFlow: {
    method: 'delete',
    path: '/api/flows/:id',
    permission: 'integrator',
    summary: 'Stop and delete a flow',
    params: flowParams,
    query: z.object({ revision: z.coerce.number() }),
    response: okSchema,
  },
  validateFlow: {
    method: 'post',
    path: '/api/flows/:id/validate',
    permission: 'signed-in',
    summary: 'Problems of the draft, with the syntax of user code checked',
    params: flowParams,
    response: z.object({ problems: z.array(problemSchema) }),
  },
  versions: {
    method: 'get',
    path: '/api/flows/:id/versions',
    permission: 'signed-in',
    summary: 'Versions, newest first',
    params: flowParams,
    response: z.array(versionSchema),
  },
  version: {
    method: 'get',
    path: '/api/flows/:id/versions/:version',
    permission: 'signed-in',
    summary: 'One version with its flow',
    params: z.object({ id: z.string(), version: z.coerce.number() }),
    response: versionSchema.extend({ flow: flowSchema }),
  },

  deployments: {
    method: 'get',
    path: '/api/deployments',
    permission: 'signed-in',
    summary: 'What runs',
    response: z.array(deploymentSchema),
  },
  deploy: {
    method: 'post',
    path: '/api/deployments',
    permission: 'integrator',
    summary: 'Freeze the draft of `revision` into a version and run it, or run the older version `version`',
    body: z.union([
      z.object({
        flow: z.string(),
        revision: z.number(),
        note: z.string().max(2_000).default(''),
        /** Nodes that are to begin anew: what they keep and their timers are forgotten. */
        reset: z.array(z.string()).max(2_000).default([]),
      }),
      z.object({ flow: z.string(), version: z.number(), reset: z.array(z.string()).max(2_000).default([]) }),
    ]),
    response: deploymentSchema,
  },
  stopFlow: {
    method: 'post',
    path: '/api/deployments/:id/stop',
    permission: 'operator',
    summary: 'Stop a flow',
    params: flowParams,
    response: deploymentSchema,
  },
  startFlow: {
    method: 'post',
    path: '/api/deployments/:id/start',
    permission: 'operator',
    summary: 'Start a stopped flow',
    params: flowParams,
    response: deploymentSchema,
  },

  devices: {
    method: 'get',
    path: '/api/devices',
    permission: 'signed-in',
    summary: 'All devices',
    response: z.array(deviceSchema),
  },
  device: {
    method: 'get',
    path: '/api/devices/:id',
    permission: 'signed-in',
    summary: 'One device',
    params: flowParams,
    response: deviceSchema,
  },
  createDevice: {
    method: 'post',
    path: '/api/devices',
    permission: 'integrator',
    summary: 'Make a device that has not sent anything yet, so that it can be given a credential',
    body: z.object({
      /** A part of its topics: `devices/<id>/telemetry`. */
      id: z.string().trim().min(1).max(128),
      name: z.string().trim().min(1).max(200),
      model: z.string().trim().max(200).default(''),
      tags: z.array(z.string().trim().min(1).max(60)).max(50).default([]),
    }),
    response: deviceSchema,
  },
  saveDevice: {
    method: 'put',
    path: '/api/devices/:id',
    permission: 'integrator',
    summary: 'Name, model and tags of a device',
    params: flowParams,
    body: z.object({
      name: z.string().min(1).max(200),
      model: z.string().max(200),
      tags: z.array(z.string().min(1).max(60)).max(50),
    }),
    response: deviceSchema,
  },

  connections: {
    method: 'get',
    path: '/api/connections',
    permission: 'signed-in',
    summary: 'All connections',
    response: z.array(connectionSchema),
  },
  createConnection: {
    method: 'post',
    path: '/api/connections',
    permission: 'integrator',
    summary: 'Make a connection',
    body: z.object({
      name: z.string().min(1).max(200),
      type: connectionSchema.shape.type,
      config: connectionSchema.shape.config,
      secrets: z.record(z.string(), z.string().max(10_000)).default({}),
    }),
    response: connectionSchema,
  },
  saveConnection: {
    method: 'put',
    path: '/api/connections/:id',
    permission: 'integrator',
    summary: 'Change a connection; secrets that are left out stay as they are',
    params: flowParams,
    body: z.object({
      revision: z.number(),
      name: z.string().min(1).max(200),
      config: connectionSchema.shape.config,
      secrets: z.record(z.string(), z.string().max(10_000)).default({}),
    }),
    response: connectionSchema,
  },
  deleteConnection: {
    method: 'delete',
    path: '/api/connections/:id',
    permission: 'integrator',
    summary: 'Delete a connection that no flow uses',
    params: flowParams,
    query: revisionSchema.extend({ revision: z.coerce.number() }),
    response: okSchema,
  },

  alarms: {
    method: 'get',
    path: '/api/alarms',
    permission: 'signed-in',
    summary: 'Alarms, active ones first',
    query: z.object({ state: z.enum(['active', 'cleared']).optional() }),
    response: z.array(alarmSchema),
  },
  deadLetters: {
    method: 'get',
    path: '/api/dead-letters',
    permission: 'signed-in',
    summary: 'Messages on which a node failed, newest first',
    query: letterFilterSchema.extend({
      /** The id of a letter: those older than it. */
      before: z.string().optional(),
      limit: z.coerce.number().int().min(1).max(1_000).default(200),
    }),
    response: z.array(deadLetterSchema),
  },
  replayDeadLetter: {
    method: 'post',
    path: '/api/dead-letters/:id/replay',
    permission: 'integrator',
    summary: 'Send the message into its node again',
    params: flowParams,
    response: okSchema,
  },
  dropDeadLetter: {
    method: 'delete',
    path: '/api/dead-letters/:id',
    permission: 'integrator',
    summary: 'Drop the message',
    params: flowParams,
    response: okSchema,
  },

  health: {
    method: 'get',
    path: '/api/health',
    permission: 'public',
    summary: 'Live and ready',
    response: z.object({
      live: z.boolean(),
      ready: z.boolean(),
      version: z.string(),
      /** Started with `--safe`: every flow is held until somebody starts it. */
      safe: z.boolean(),
    }),
  },
  ...RUNNING_ROUTES,
  ...PEOPLE_ROUTES,
  ...WORKSPACE_ROUTES,
  ...CREDENTIAL_ROUTES,
  ...AUDIT_ROUTES,
  ...KEY_ROUTES,
});
export type RouteName = keyof typeof ROUTES;
