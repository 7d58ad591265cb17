import * as z from 'zod';
import { limitsSchema } from './running.ts';
import { routesOf } from './route.ts';

// The workspaces of a server: each with its own people, flows, devices, connections and runner.

const okSchema = z.object({ ok: z.literal(true) });
const idParams = z.object({ id: z.string() });

const nameSchema = z.string().trim().min(1).max(200);

export const workspaceSchema = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: z.number(),
  people: z.number(),
  flows: z.number(),
  running: z.number(),
});
export type WorkspaceSummary = z.output<typeof workspaceSchema>;

export const WORKSPACE_ROUTES = routesOf({
  workspaces: {
    method: 'get',
    path: '/api/workspaces',
    permission: 'owner',
    summary: 'All workspaces of this server',
    response: z.array(workspaceSchema),
  },
  createWorkspace: {
    method: 'post',
    path: '/api/workspaces',
    permission: 'owner',
    summary: 'Make a workspace; who makes it is its first admin',
    body: z.object({ name: nameSchema }),
    response: workspaceSchema,
  },
  saveWorkspace: {
    method: 'put',
    path: '/api/workspaces/:id',
    permission: 'owner',
    summary: 'Name a workspace',
    params: idParams,
    body: z.object({ name: nameSchema }),
    response: workspaceSchema,
  },
  workspaceLimits: {
    method: 'get',
    path: '/api/workspaces/:id/limits',
    permission: 'owner',
    summary: 'What a workspace may take',
    params: idParams,
    response: limitsSchema,
  },
  saveWorkspaceLimits: {
    method: 'put',
    path: '/api/workspaces/:id/limits',
    permission: 'owner',
    summary: 'Change what a workspace may take',
    params: idParams,
    body: limitsSchema,
    response: limitsSchema,
  },
  deleteWorkspace: {
    method: 'delete',
    path: '/api/workspaces/:id',
    permission: 'owner',
    summary: 'Stop and delete a workspace with all that is in it; `name` has to be its name',
    params: idParams,
    query: z.object({ name: z.string() }),
    response: okSchema,
  },
});
