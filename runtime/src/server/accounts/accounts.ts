import { SluiceError } from '@sluice/shared/errors.ts';
import type { Clock } from '@sluice/shared/node/context.ts';
import type { User } from '@sluice/shared/protocol/people.ts';
import type { Account, AccountStore, StoredAccount } from '../../storage/accounts.ts';
import { createAccountStore } from '../../storage/accounts.ts';
import { createAuditLog } from '../../storage/audit.ts';
import type { Database } from '../../storage/database.ts';
import { createInvitationStore } from '../../storage/invitations.ts';
import { createSecondFactorStore } from '../../storage/secondFactors.ts';
import { createOutsideIdentityStore } from '../../storage/outsideIdentities.ts';
import type { SecretBox } from '../../storage/secrets.ts';
import type { Origin } from '../../storage/sessions.ts';
import { createSessionStore } from '../../storage/sessions.ts';
import { createTokenStore } from '../../storage/tokens.ts';
import type { Found } from './caller.ts';
import { createFind } from './caller.ts';
import type { Denials } from './denials.ts';
import { createDenials } from './denials.ts';
import type { Log } from '../http/problem.ts';
import type { Note } from '../actor.ts';
import { createNote } from '../actor.ts';
import type { Invitations } from './invitations.ts';
import { createInvitations } from './invitations.ts';
import { hasPassword, hashChosen } from './passwords.ts';
import type { Oidc, OidcSettings, OutsidePerson } from './oidc.ts';
import { createOidc } from './oidc.ts';
import { createSignInOutside } from './outside.ts';
import type { People } from './people.ts';
import { createPeople } from './people.ts';
import { hashToken, newToken } from './randomTokens.ts';
import { becauseOf } from './signInProblem.ts';
import type { SecondFactors } from './secondFactor.ts';
import { createSecondFactors } from './secondFactor.ts';
import type { Sessions } from './sessions.ts';
import { createSessions } from './sessions.ts';
import type { Tokens } from './tokens.ts';
import { createTokens } from './tokens.ts';

/** The workspace of the first account. */
export const FIRST_WORKSPACE = 'main';
const FIRST_START_MS = 30 * 60_000;

interface NewAccount {
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

/** How somebody shows who they are. */
interface Proof {
  readonly password: string;
  /** Of the authenticator, or a recovery code. */
  readonly code?: string | undefined;
}

export interface Accounts {
  /** There is no account yet. */
  isFirstStart(): boolean;
  /** Makes the one-time token of the first start; the one before is worth nothing any more. */
  newFirstStartToken(): string;
  /** Makes the first account. Throws `link-used` for a token that is wrong, used or too old. */
  createFirst(token: string, account: NewAccount): Promise<User>;
  /** Makes the first account from the settings; does nothing when there is one. */
  createFromSettings(account: NewAccount): Promise<void>;
  /**
   * Who it is, in the workspace that they used last. Throws `wrong-credentials`, after the same time whether or not
   * there is such an account; `second-factor-needed`; `not-allowed` for somebody who is in no workspace.
   */
  signIn(email: string, proof: Proof): Promise<User>;
  /** The person in the workspace that they used last. Throws `not-allowed` for somebody who is in none. */
  userOfAccount(account: Account): User;
  /** Throws `wrong-credentials`. */
  requirePassword(user: string, password: string): Promise<void>;
  /** Throws `wrong-credentials` for the old one, `invalid-input` for the new one. */
  changePassword(user: string, current: string, next: string): Promise<void>;
  /** Lets the person of an invitation in. Throws `link-used`, and as `signIn` or as for a new account. */
  accept(token: string, proof: Proof & { readonly name?: string | undefined }): Promise<User>;
  /** What a cookie or a bearer text stands for; `undefined` for nothing. `origin` is noted for a session. */
  find(credential: string, origin?: Origin): Found | undefined;
  /** The person that a cookie or a bearer text stands for, as they may act now; for sockets, which ask again and again. */
  userOf(credential: string): User | undefined;
  /** Notes in the audit log of a workspace, which need not be open. */
  noteIn(workspace: string): Note;
  readonly store: AccountStore;
  readonly denials: Denials;
  readonly sessions: Sessions;
  readonly tokens: Tokens;
  readonly secondFactors: SecondFactors;
  readonly invitations: Invitations;
  readonly people: People;
  /** Sign-in with a provider outside, where one is set up. */
  readonly outside: Outside | undefined;
}

interface Outside {
  readonly oidc: Oidc;
  /** Throws `not-allowed` for somebody who is not let in. */
  signIn(person: OutsidePerson): User;
}

export interface AccountsOptions {
  readonly database: Database;
  readonly secrets: SecretBox;
  readonly clock: Clock;
  newId(): string;
  readonly log: Log;
  readonly oidc?: OidcSettings | undefined;
}

/** All that has to do with people, on one database. */
export function createAccounts(options: AccountsOptions): Accounts {
  const { database, secrets, clock, newId, log } = options;
  const store = createAccountStore(database);
  const audit = createAuditLog(database);
  const sessions = createSessions({ store: createSessionStore(database), accounts: store, clock, newId });
  const tokens = createTokens(createTokenStore(database), clock, newId);
  const secondFactors = createSecondFactors(createSecondFactorStore(database, secrets), clock);
  const invitations = createInvitations({
    store: createInvitationStore(database),
    accounts: store,
    clock,
    newId,
  });
  const signingIn = { store, sessions, secondFactors };
  const find = createFind(sessions, tokens);
  const passwords = passwordsOf(signingIn);
  return {
    ...firstStart(store, clock, newId),
    ...passwords,
    accept: (token, proof) => accept({ ...signingIn, invitations, clock, newId }, token, proof),
    find,
    userOf: (credential) => find(credential)?.caller?.user,
    noteIn: (workspace) => createNote(audit, clock, workspace),
    store,
    denials: createDenials({ audit, accounts: store, clock, log, firstWorkspace: FIRST_WORKSPACE }),
    sessions,
    tokens,
    secondFactors,
    invitations,
    people: createPeople(store, clock),
    outside: outsideOf(options, { store, invitations, userOfAccount: passwords.userOfAccount }),
  };
}

function outsideOf(
  { database, secrets, clock, newId, oidc }: AccountsOptions,
  parts: Pick<Accounts, 'store' | 'invitations' | 'userOfAccount'>,
): Outside | undefined {
  if (oidc === undefined) return undefined;
  const signIn = createSignInOutside({
    ...parts,
    identities: createOutsideIdentityStore(database),
    clock,
    newId,
    firstWorkspace: FIRST_WORKSPACE,
    allowedDomains: oidc.allowedDomains,
  });
  return { oidc: createOidc(oidc, secrets, clock), signIn };
}

function firstStart(store: AccountStore, clock: Clock, newId: () => string) {
  /** `allow` is part of what is written as a whole: a link is not used up when the account cannot be stored. */
  async function create(account: NewAccount, allow: () => boolean): Promise<User> {
    const password = await hashChosen(account.password, account);
    const { email, name } = account;
    const user: User = { id: newId(), email, name, workspace: FIRST_WORKSPACE, role: 'admin', isOwner: true };
    store.atomically(() => {
      // Looked at again: hashing took a while.
      if (store.hasUsers() || !allow()) throw linkUsed();
      store.addWorkspace(FIRST_WORKSPACE, 'Main', clock.now());
      store.addUser(user, password, clock.now());
    });
    return user;
  }

  return {
    isFirstStart: () => !store.hasUsers(),
    newFirstStartToken() {
      const token = newToken();
      store.setFirstStartToken(hashToken(token), clock.now() + FIRST_START_MS);
      return token;
    },
    async createFirst(token: string, account: NewAccount) {
      const tokenHash = hashToken(token);
      // Looked at before the work of hashing a password, and taken away when the account is stored.
      if (store.hasUsers() || !store.isFirstStartToken(tokenHash, clock.now())) throw linkUsed();
      return create(account, () => store.useFirstStartToken(tokenHash, clock.now()));
    },
    async createFromSettings(account: NewAccount) {
      if (!store.hasUsers()) await create(account, () => true);
    },
  };
}

interface SigningIn {
  readonly store: AccountStore;
  readonly sessions: Sessions;
  readonly secondFactors: SecondFactors;
}

function passwordsOf({ store, sessions, secondFactors }: SigningIn) {
  function userOfAccount({ id }: Account): User {
    const all = store.memberships(id);
    const last = sessions.lastWorkspace(id);
    const workspace = (all.find((membership) => membership.workspace === last) ?? all[0])?.workspace;
    const user = workspace === undefined ? undefined : store.userIn(workspace, id);
    if (user === undefined) throw inNoWorkspace();
    return user;
  }

  async function requirePassword(user: string, password: string): Promise<StoredAccount> {
    const account = store.account(user);
    const isRight = await hasPassword(account, password);
    if (account !== undefined && isRight) return account;
    throw new SluiceError('wrong-credentials', 'This is not your password. Try again.');
  }

  return {
    userOfAccount,
    async signIn(email: string, { password, code }: Proof) {
      const account = store.accountByEmail(email);
      const isRight = await hasPassword(account, password);
      if (account === undefined || !isRight) throw wrongCredentials();
      await secondFactors.check(account.id, code);
      return userOfAccount(account);
    },
    async requirePassword(user: string, password: string) {
      await requirePassword(user, password);
    },
    async changePassword(user: string, current: string, next: string) {
      const account = await requirePassword(user, current);
      const hash = await hashChosen(next, account);
      store.setPassword(user, hash);
    },
  };
}

interface Accepting extends SigningIn {
  readonly invitations: Invitations;
  readonly clock: Clock;
  newId(): string;
}

async function accept(
  { store, secondFactors, invitations, clock, newId }: Accepting,
  token: string,
  { name, password, code }: Proof & { readonly name?: string | undefined },
): Promise<User> {
  const invitation = invitations.read(token);
  const { email, workspace, role } = invitation;
  const known = store.accountByEmail(email);
  if (known !== undefined) {
    if (!(await hasPassword(known, password))) throw wrongCredentials();
    await secondFactors.check(known.id, code);
    return store.atomically(() => invitations.join(invitation, known.id));
  }
  if (name === undefined) throw new SluiceError('invalid-input', '“name” in the body: Write your name.');
  const hash = await hashChosen(password, { email, name });
  return store.atomically(() => {
    // Looked at again: hashing took a while.
    if (store.accountByEmail(email) !== undefined) {
      throw new SluiceError(
        'already-there',
        'There is an account with this address now. Accept with its password.',
      );
    }
    const user: User = { id: newId(), email, name, workspace, role, isOwner: false };
    store.addUser(user, hash, clock.now());
    return invitations.join(invitation, user.id);
  });
}

/** For somebody whose account is in no workspace any more. */
export function inNoWorkspace(): SluiceError {
  return new SluiceError(
    'not-allowed',
    'You are in no workspace any more. Ask an admin of one to invite you.',
    becauseOf('no-workspace'),
  );
}

function wrongCredentials(): SluiceError {
  return new SluiceError('wrong-credentials', 'E-mail or password is wrong. Try again.');
}

function linkUsed(): SluiceError {
  return new SluiceError(
    'link-used',
    'This link was used already, is older than 30 minutes, or is not from the last start. Start Sluice again for a new one.',
  );
}
