import { SluiceError } from '@sluice/shared/errors.ts';
import type { Handlers } from '../http/mount.ts';
import type { Workspace, Workspaces } from '../workspace.ts';
import type { WorkspaceRegister } from '../workspaces/workspaceRegister.ts';

type Names =
  | 'workspaces'
  | 'createWorkspace'
  | 'saveWorkspace'
  | 'deleteWorkspace'
  | 'workspaceLimits'
  | 'saveWorkspaceLimits';

/** Workspaces as the owner of the server makes, limits and deletes them. */
export function workspaceHandlers(
  register: WorkspaceRegister,
  workspaces: Workspaces,
): Pick<Handlers, Names> {
  const find = (id: string): Workspace => {
    const found = workspaces.get(id);
    if (found === undefined) throw new SluiceError('not-found', `There is no workspace “${id}”.`);
    return found;
  };
  return {
    workspaces: () => register.list(),
    createWorkspace: ({ actor, user, body }) => register.create(actor, user, body.name),
    saveWorkspace: ({ actor, params, body }) => register.rename(actor, params.id, body.name),
    workspaceLimits: ({ params }) => find(params.id).limits.current(),
    saveWorkspaceLimits: ({ actor, params, body }) => find(params.id).limits.save(actor, body),
    async deleteWorkspace({ actor, params, query }) {
      await register.delete(actor, params.id, query.name);
      return { ok: true };
    },
  };
}
