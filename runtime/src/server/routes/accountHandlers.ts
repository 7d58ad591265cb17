import { SluiceError } from '@sluice/shared/errors.ts';
import type { Account, User } from '@sluice/shared/protocol/people.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Actor } from '../actor.ts';
import { changed } from '../changed.ts';
import type { Handlers } from '../http/mount.ts';

const OK = { ok: true } as const;
type Some<Names extends keyof Handlers> = Pick<Handlers, Names>;

/** Signing in and out, and what people see and change of their own account. */
export function accountHandlers(accounts: Accounts) {
  return { ...signInHandlers(accounts), ...ownAccountHandlers(accounts), ...secondFactorHandlers(accounts) };
}

function signInHandlers(
  accounts: Accounts,
): Some<'firstStart' | 'createFirstAccount' | 'signIn' | 'session' | 'signOut'> {
  const { sessions, denials } = accounts;
  return {
    firstStart: () => ({ needed: accounts.isFirstStart() }),
    async createFirstAccount({ body: { token, ...account }, actor, origin, session }) {
      const user = await accounts.createFirst(token, account);
      const opened = sessions.open(user, origin);
      accounts.noteIn(user.workspace)({ ...actor, who: user.email }, 'account.create', user.email);
      session.set(opened);
      return user;
    },
    async signIn({ body: { email, password, code }, actor, origin, session }) {
      const user = await noted(
        () => accounts.signIn(email.trim(), { password, code }),
        () => denials.noteSignIn(email.trim(), actor.address),
      );
      const opened = sessions.open(user, origin);
      accounts.noteIn(user.workspace)({ ...actor, who: user.email }, 'session.open', user.email);
      // A new token at each login: one that somebody planted before is worth nothing.
      if (session.token !== undefined) sessions.close(session.token);
      session.set(opened);
      return user;
    },
    session: ({ user }) => user,
    signOut({ actor, session }) {
      const caller = session.token === undefined ? undefined : accounts.find(session.token)?.caller;
      if (session.token !== undefined) sessions.close(session.token);
      session.set(undefined);
      if (caller !== undefined) {
        const { user, who } = caller;
        accounts.noteIn(user.workspace)({ ...actor, who }, 'session.end', user.email);
      }
      return OK;
    },
  };
}

/** Does what takes a password or a code; a wrong one is noted. */
export async function noted<T>(work: () => Promise<T>, note: () => void): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isWrong =
      error instanceof SluiceError && ['wrong-credentials', 'second-factor-needed'].includes(error.code);
    if (isWrong) note();
    throw error;
  }
}

function ownAccountHandlers(
  accounts: Accounts,
): Some<
  | 'account'
  | 'changeName'
  | 'changePassword'
  | 'sessions'
  | 'endSession'
  | 'signOutEverywhere'
  | 'chooseWorkspace'
> {
  const { sessions, denials } = accounts;
  return {
    account: ({ user }) => accountOf(accounts, user),
    changeName({ user, workspace, actor, body: { name } }) {
      accounts.store.setName(user.id, name);
      workspace.noteOfDone(actor, 'account.name', user.email, changed({ name: user.name }, { name }));
      return OK;
    },
    async changePassword({ user, caller, workspace, actor, body, session }) {
      await noted(
        () => accounts.changePassword(user.id, body.current, body.next),
        () => denials.noteSignIn(user.email, actor.address),
      );
      sessions.endAll(user.id, caller.session);
      session.set(sessions.rotate(caller.session));
      workspace.noteOfDone(actor, 'account.password', user.email);
      return OK;
    },
    sessions: ({ user, caller }) => sessions.list(user.id, caller.session),
    endSession({ user, workspace, actor, params }) {
      sessions.end(user.id, params.id);
      workspace.noteOfDone(actor, 'session.end', user.email);
      return OK;
    },
    signOutEverywhere({ user, workspace, actor, session }) {
      const ended = sessions.endAll(user.id);
      workspace.noteOfDone(actor, 'session.endAll', user.email, { sessions: ended });
      session.set(undefined);
      return OK;
    },
    chooseWorkspace({ user, caller, actor, body, session }) {
      const there = accounts.store.userIn(body.workspace, user.id);
      if (there === undefined) {
        throw new SluiceError('not-found', 'You are in no such workspace. Choose one of yours.');
      }
      const note = accounts.noteIn(there.workspace);
      const token = accounts.store.atomically(() => {
        sessions.standIn(caller.session, there.workspace);
        note(actor, 'session.choose', there.email, { from: user.workspace });
        // Other rights from now on, so another token: one that was seen before is worth nothing.
        return sessions.rotate(caller.session);
      });
      session.set(token);
      return accountOf(accounts, there);
    },
  };
}

function secondFactorHandlers(
  accounts: Accounts,
): Some<'beginSecondFactor' | 'confirmSecondFactor' | 'renewRecoveryCodes' | 'endSecondFactor'> {
  const { secondFactors, denials } = accounts;
  const requireBoth = (user: User, { address }: Actor, proof: { password: string; code: string }) =>
    noted(
      async () => {
        await accounts.requirePassword(user.id, proof.password);
        await secondFactors.check(user.id, proof.code);
      },
      () => denials.noteSignIn(user.email, address),
    );
  return {
    async beginSecondFactor({ user, actor, body }) {
      await noted(
        () => accounts.requirePassword(user.id, body.password),
        () => denials.noteSignIn(user.email, actor.address),
      );
      return secondFactors.begin(user.id, user.email);
    },
    async confirmSecondFactor({ user, workspace, actor, body }) {
      const recoveryCodes = await secondFactors.confirm(user.id, body.code);
      workspace.noteOfDone(actor, 'account.secondFactor', user.email, { isAsked: true });
      return { recoveryCodes };
    },
    async renewRecoveryCodes({ user, workspace, actor, body }) {
      await requireBoth(user, actor, body);
      const recoveryCodes = secondFactors.renewRecoveryCodes(user.id);
      workspace.noteOfDone(actor, 'account.recoveryCodes', user.email);
      return { recoveryCodes };
    },
    async endSecondFactor({ user, workspace, actor, body }) {
      await requireBoth(user, actor, body);
      secondFactors.end(user.id);
      workspace.noteOfDone(actor, 'account.secondFactor', user.email, { isAsked: false });
      return OK;
    },
  };
}

function accountOf({ store, secondFactors }: Accounts, user: User): Account {
  const hasSecondFactor = secondFactors.isAsked(user.id);
  return {
    ...user,
    workspaces: store.memberships(user.id),
    hasSecondFactor,
    ...(hasSecondFactor ? { recoveryCodesLeft: secondFactors.codesLeft(user.id) } : {}),
    hasPassword: store.account(user.id)?.password !== undefined,
  };
}
