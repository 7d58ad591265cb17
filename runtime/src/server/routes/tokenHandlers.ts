import type { Accounts } from '../accounts/accounts.ts';
import type { Handlers } from '../http/mount.ts';

const OK = { ok: true } as const;

/** API tokens. */
export function tokenHandlers({
  tokens,
}: Accounts): Pick<Handlers, 'tokens' | 'createToken' | 'deleteToken'> {
  return {
    tokens: ({ user }) => tokens.list(user),
    createToken: ({ user, workspace, actor, body }) =>
      workspace.atomically(() => {
        const made = tokens.create(user, body);
        workspace.note(actor, 'token.create', made.id, {
          name: made.name,
          role: made.role,
          days: body.days,
        });
        return made;
      }),
    deleteToken: ({ user, workspace, actor, params }) =>
      workspace.atomically(() => {
        const { id, name, role, owner } = tokens.delete(user, params.id);
        workspace.note(actor, 'token.delete', id, { name, role, owner });
        return OK;
      }),
  };
}
