import type { Handlers } from '../http/mount.ts';
import type { WorkspaceRegister } from '../workspaces/workspaceRegister.ts';

/** Workspaces as the owner of the server makes and deletes them. */
export function workspaceHandlers(
  register: WorkspaceRegister,
): Pick<Handlers, 'workspaces' | 'createWorkspace' | 'saveWorkspace' | 'deleteWorkspace'> {
  return {
    workspaces: () => register.list(),
    createWorkspace: ({ actor, user, body }) => register.create(actor, user, body.name),
    saveWorkspace: ({ actor, params, body }) => register.rename(actor, params.id, body.name),
    async deleteWorkspace({ actor, params, query }) {
      await register.delete(actor, params.id, query.name);
      return { ok: true };
    },
  };
}
