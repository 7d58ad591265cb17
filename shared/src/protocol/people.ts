import * as z from 'zod';
import { routesOf } from './route.ts';

// People: their accounts, sessions and tokens, and their roles in workspaces.

export const roleSchema = z.enum(['viewer', 'operator', 'integrator', 'deployer', 'admin']);
export type Role = z.output<typeof roleSchema>;

const emailSchema = z.email('Write an e-mail address such as ada@example.org.').max(254);
export const passwordSchema = z
  .string()
  .min(12, 'A password has at least 12 characters.')
  .max(1_000, 'A password has at most 1000 characters.');
const nameSchema = z.string().trim().min(1).max(200);
/** Six digits of an authenticator, or a recovery code. */
export const secondFactorSchema = z.string().trim().max(40);
const okSchema = z.object({ ok: z.literal(true) });
const idParams = z.object({ id: z.string() });

/** A person, as they are in one workspace. */
export const userSchema = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  workspace: z.string(),
  role: roleSchema,
  /** May make and delete workspaces and turn keys: the first account, and those it names. */
  isOwner: z.boolean(),
});
export type User = z.output<typeof userSchema>;

export const membershipSchema = z.object({ workspace: z.string(), name: z.string(), role: roleSchema });
export type Membership = z.output<typeof membershipSchema>;

/** Who is signed in, with what they see of themselves. */
export const accountSchema = userSchema.extend({
  /** All workspaces that they are in. */
  workspaces: z.array(membershipSchema),
  /** An authenticator is asked for at sign-in. */
  hasSecondFactor: z.boolean(),
  /** Of the second factor, where there is one. */
  recoveryCodesLeft: z.number().optional(),
  /** False for people who sign in by OIDC only. */
  hasPassword: z.boolean(),
});
export type Account = z.output<typeof accountSchema>;

export const sessionSchema = z.object({
  id: z.string(),
  createdAt: z.number(),
  lastUsedAt: z.number(),
  expiresAt: z.number(),
  /** From where it was last used, and by which browser, as it says itself. */
  address: z.string(),
  browser: z.string(),
  /** The one that asks. */
  isCurrent: z.boolean(),
});
export type Session = z.output<typeof sessionSchema>;

export const personSchema = userSchema.omit({ workspace: true, isOwner: true }).extend({
  joinedAt: z.number(),
  lastSeenAt: z.number().optional(),
  hasSecondFactor: z.boolean(),
});
export type Person = z.output<typeof personSchema>;

export const invitationSchema = z.object({
  id: z.string(),
  email: z.string(),
  role: roleSchema,
  invitedBy: z.string(),
  createdAt: z.number(),
  expiresAt: z.number(),
});
export type Invitation = z.output<typeof invitationSchema>;

/**
 * Why a sign-in with a provider outside did not succeed: `/sign-in?problem=` of the page that the browser is sent to.
 */
export const signInProblemSchema = z.enum([
  'not-set-up',
  'provider-away',
  'not-begun-here',
  'refused',
  'not-invited',
  'not-confirmed',
  'account-gone',
  'no-workspace',
  'too-many-tries',
  'internal',
]);
export type SignInProblem = z.output<typeof signInProblemSchema>;

/** The most days that a token may be valid for. */
export const MOST_TOKEN_DAYS = 366;

export const tokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** It may do what this role may, and never more than the person it belongs to. */
  role: roleSchema,
  owner: z.string(),
  createdAt: z.number(),
  expiresAt: z.number(),
  lastUsedAt: z.number().optional(),
});
export type Token = z.output<typeof tokenSchema>;

export const PEOPLE_ROUTES = routesOf({
  account: {
    method: 'get',
    path: '/api/account',
    permission: 'signed-in',
    refusesTokens: true,
    summary: 'Who is signed in, with their workspaces',
    response: accountSchema,
  },
  changePassword: {
    method: 'put',
    path: '/api/account/password',
    permission: 'signed-in',
    refusesTokens: true,
    summary: 'Change the password; ends every other session of this person',
    body: z.object({ current: z.string().max(1_000), next: passwordSchema }),
    response: okSchema,
  },
  changeName: {
    method: 'put',
    path: '/api/account/name',
    permission: 'signed-in',
    refusesTokens: true,
    summary: 'Change the name by which others see this person, in all workspaces',
    body: z.object({ name: nameSchema }),
    response: okSchema,
  },
  beginSecondFactor: {
    method: 'post',
    path: '/api/account/second-factor',
    permission: 'signed-in',
    refusesTokens: true,
    summary: 'A new secret for an authenticator app; it counts when a code of it is confirmed',
    body: z.object({ password: z.string().max(1_000) }),
    /** `uri`: otpauth://, for a QR code. */
    response: z.object({ secret: z.string(), uri: z.string() }),
  },
  confirmSecondFactor: {
    method: 'put',
    path: '/api/account/second-factor',
    permission: 'signed-in',
    refusesTokens: true,
    summary: 'Confirm the authenticator with a code; gives recovery codes, once',
    body: z.object({ code: secondFactorSchema }),
    response: z.object({ recoveryCodes: z.array(z.string()) }),
  },
  renewRecoveryCodes: {
    method: 'post',
    path: '/api/account/second-factor/recovery-codes',
    permission: 'signed-in',
    refusesTokens: true,
    summary: 'New recovery codes, shown once; those of before are worth nothing any more',
    body: z.object({ password: z.string().max(1_000), code: secondFactorSchema }),
    response: z.object({ recoveryCodes: z.array(z.string()) }),
  },
  endSecondFactor: {
    method: 'post',
    path: '/api/account/second-factor/end',
    permission: 'signed-in',
    refusesTokens: true,
    summary: 'Ask for no authenticator any more',
    body: z.object({ password: z.string().max(1_000), code: secondFactorSchema }),
    response: okSchema,
  },
  sessions: {
    method: 'get',
    path: '/api/account/sessions',
    permission: 'signed-in',
    refusesTokens: true,
    summary: 'Where this person is signed in',
    response: z.array(sessionSchema),
  },
  endSession: {
    method: 'delete',
    path: '/api/account/sessions/:id',
    permission: 'signed-in',
    refusesTokens: true,
    summary: 'End one session of this person',
    params: idParams,
    response: okSchema,
  },
  signOutEverywhere: {
    method: 'delete',
    path: '/api/account/sessions',
    permission: 'signed-in',
    refusesTokens: true,
    summary: 'End every session of this person, this one too',
    response: okSchema,
  },
  chooseWorkspace: {
    method: 'put',
    path: '/api/session/workspace',
    permission: 'signed-in',
    refusesTokens: true,
    summary: 'Go on in another workspace of this person',
    body: z.object({ workspace: z.string() }),
    response: accountSchema,
  },
  users: {
    method: 'get',
    path: '/api/users',
    permission: 'admin',
    summary: 'People of this workspace',
    response: z.array(personSchema),
  },
  saveUser: {
    method: 'put',
    path: '/api/users/:id',
    permission: 'admin',
    summary: 'Give somebody another role; the last admin stays one',
    params: idParams,
    body: z.object({ role: roleSchema }),
    response: personSchema,
  },
  removeUser: {
    method: 'delete',
    path: '/api/users/:id',
    permission: 'admin',
    summary: 'Take somebody out of this workspace, with their tokens here; the last admin stays',
    params: idParams,
    response: okSchema,
  },
  signOutUser: {
    method: 'post',
    path: '/api/users/:id/sign-out',
    permission: 'admin',
    summary: 'End the sessions of somebody in this workspace',
    params: idParams,
    response: okSchema,
  },
  invitations: {
    method: 'get',
    path: '/api/invitations',
    permission: 'admin',
    summary: 'Invitations that are open',
    response: z.array(invitationSchema),
  },
  invite: {
    method: 'post',
    path: '/api/invitations',
    permission: 'admin',
    summary: 'Invite somebody; gives the link, once. One that is open for this address is replaced',
    body: z.object({ email: emailSchema, role: roleSchema }),
    response: invitationSchema.extend({ link: z.string() }),
  },
  withdrawInvitation: {
    method: 'delete',
    path: '/api/invitations/:id',
    permission: 'admin',
    summary: 'Withdraw an invitation',
    params: idParams,
    response: okSchema,
  },
  readInvitation: {
    method: 'post',
    path: '/api/invitation',
    permission: 'public',
    summary: 'What the token of a link invites to',
    body: z.object({ token: z.string().max(200) }),
    response: z.object({
      email: z.string(),
      workspace: z.string(),
      role: roleSchema,
      /** The e-mail of who invites. */
      invitedBy: z.string(),
      /** There is an account with this address: its password is asked for; else a new one is made. */
      hasAccount: z.boolean(),
    }),
  },
  acceptInvitation: {
    method: 'post',
    path: '/api/invitation/accept',
    permission: 'public',
    summary: 'Accept an invitation and sign in, with a new account or the one there is',
    body: z.object({
      token: z.string().max(200),
      name: nameSchema.optional(),
      password: z.string().max(1_000),
      code: secondFactorSchema.optional(),
    }),
    response: userSchema,
  },
  oidc: {
    method: 'get',
    path: '/api/oidc',
    permission: 'public',
    summary: 'Whether people can sign in with a provider outside, and what it is called',
    response: z.object({ name: z.string().optional() }),
  },
  startOidc: {
    method: 'get',
    path: '/api/oidc/start',
    permission: 'public',
    isRedirect: true,
    summary: 'Sends the browser to the provider to sign in; `next` is the page of this server to go on to',
    query: z.object({ next: z.string().max(2_000).optional() }),
    response: z.object({ location: z.string() }),
  },
  finishOidc: {
    method: 'get',
    path: '/api/oidc/callback',
    permission: 'public',
    isRedirect: true,
    summary: 'Where the provider sends the browser back to; signs in',
    query: z.looseObject({ state: z.string().max(1_000) }),
    response: z.object({ location: z.string() }),
  },
  tokens: {
    method: 'get',
    path: '/api/tokens',
    permission: 'signed-in',
    refusesTokens: true,
    summary: 'API tokens of this person in this workspace; for admins those of everybody',
    response: z.array(tokenSchema),
  },
  createToken: {
    method: 'post',
    path: '/api/tokens',
    permission: 'signed-in',
    refusesTokens: true,
    summary: 'Make an API token; its text is given once',
    body: z.object({
      name: nameSchema,
      role: roleSchema,
      days: z.number().int().min(1).max(MOST_TOKEN_DAYS).default(90),
    }),
    response: tokenSchema.extend({ token: z.string() }),
  },
  deleteToken: {
    method: 'delete',
    path: '/api/tokens/:id',
    permission: 'signed-in',
    refusesTokens: true,
    summary: 'Revoke an API token: one’s own, as an admin anybody’s',
    params: idParams,
    response: okSchema,
  },
});
