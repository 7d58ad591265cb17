import type { Accounts } from '../accounts/accounts.ts';
import type { Handlers } from '../http/mount.ts';
import { noted } from './accountHandlers.ts';

const OK = { ok: true } as const;
type Some<Names extends keyof Handlers> = Pick<Handlers, Names>;

/** The people of a workspace, and invitations into it. */
export function peopleHandlers(accounts: Accounts) {
  return { ...userHandlers(accounts), ...invitationHandlers(accounts), ...guestHandlers(accounts) };
}

function userHandlers({
  people,
  sessions,
}: Accounts): Some<'users' | 'saveUser' | 'removeUser' | 'signOutUser'> {
  return {
    users: ({ workspace }) => people.list(workspace.id),
    saveUser: ({ workspace, user, actor, params: { id }, body: { role } }) =>
      workspace.atomically(() => {
        const before = people.setRole(workspace.id, id, role, user.id);
        workspace.note(actor, 'user.role', before.email, { before: before.role, after: role });
        return people.get(workspace.id, id);
      }),
    removeUser: ({ workspace, user, actor, params: { id } }) =>
      workspace.atomically(() => {
        const before = people.remove(workspace.id, id, user.id);
        workspace.note(actor, 'user.remove', before.email, { before: before.role });
        return OK;
      }),
    signOutUser({ workspace, actor, params: { id } }) {
      const { email } = people.get(workspace.id, id);
      const ended = sessions.endAll(id);
      workspace.noteOfDone(actor, 'user.signOut', email, { sessions: ended });
      return OK;
    },
  };
}

function invitationHandlers({
  invitations,
}: Accounts): Some<'invitations' | 'invite' | 'withdrawInvitation'> {
  return {
    invitations: ({ workspace }) => invitations.list(workspace.id),
    invite: ({ workspace, user, actor, body }) =>
      workspace.atomically(() => {
        const { invitation, token } = invitations.invite(user, body);
        workspace.note(actor, 'invitation.create', body.email, { role: body.role });
        return { ...invitation, link: `/invitation#token=${token}` };
      }),
    withdrawInvitation: ({ workspace, actor, params }) =>
      workspace.atomically(() => {
        const { email, role } = invitations.withdraw(workspace.id, params.id);
        workspace.note(actor, 'invitation.withdraw', email, { role });
        return OK;
      }),
  };
}

function guestHandlers(accounts: Accounts): Some<'readInvitation' | 'acceptInvitation'> {
  const { invitations, sessions, denials } = accounts;
  return {
    readInvitation({ body }) {
      const { email, role, workspaceName, invitedBy } = invitations.read(body.token);
      const hasAccount = accounts.store.accountByEmail(email) !== undefined;
      return { email, workspace: workspaceName, role, invitedBy, hasAccount };
    },
    async acceptInvitation({ body: { token, ...proof }, actor, origin, session }) {
      const { email } = invitations.read(token);
      const user = await noted(
        () => accounts.accept(token, proof),
        () => denials.noteSignIn(email, actor.address),
      );
      const opened = sessions.open(user, origin);
      accounts.noteIn(user.workspace)({ ...actor, who: user.email }, 'invitation.accept', user.email, {
        role: user.role,
      });
      if (session.token !== undefined) sessions.close(session.token);
      session.set(opened);
      return user;
    },
  };
}
