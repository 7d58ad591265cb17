import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { LOCAL } from '../../broker/identity.ts';
import type { SignIn, SignInAnswer, SignInAttempt } from '../../broker/signIn.ts';
import { REFUSED } from '../../broker/signIn.ts';
import type { Credentials, SignedInDevice } from './credentials.ts';
import { usernameOf } from './credentials.ts';

/** What a part of the server signs in with at the broker. */
export interface BrokerAccount {
  readonly username: string;
  readonly password: string;
}

/** The accounts of runners: one for each workspace, made at the start and never on disk. */
export interface RunnerAccounts {
  of(workspace: string): BrokerAccount;
  workspaceOf(username: string, password: string): string | undefined;
}

/** No device can be called so: a device is one level, and no workspace has $ in its id. */
const RUNNER = '$runner/';

export function createRunnerAccounts(): RunnerAccounts {
  const passwords = new Map<string, string>();
  return {
    of(workspace) {
      const password = passwords.get(workspace) ?? randomBytes(32).toString('base64url');
      passwords.set(workspace, password);
      return { username: RUNNER + workspace, password };
    },
    workspaceOf(username, password) {
      if (!username.startsWith(RUNNER)) return undefined;
      const workspace = username.slice(RUNNER.length);
      const expected = passwords.get(workspace);
      return expected !== undefined && isSame(expected, password) ? workspace : undefined;
    },
  };
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

export interface BrokerSignInOptions {
  readonly credentials: Pick<Credentials, 'byToken' | 'byCertificate'>;
  readonly runners: Pick<RunnerAccounts, 'workspaceOf'>;
  /** Whether clients on this machine need no credential. */
  readonly isAnonymousAllowed: boolean;
}

/** Who a client of the embedded broker is: by password, else by certificate, else somebody on this machine. */
export function createBrokerSignIn(options: BrokerSignInOptions): SignIn {
  const { credentials } = options;
  return (attempt) => {
    if (attempt.username !== undefined || attempt.password !== undefined) return byPassword(options, attempt);
    if (attempt.certificate !== undefined) {
      const found = credentials.byCertificate(attempt.certificate);
      return found === undefined
        ? refused(REFUSED.notAllowed, 'its certificate is none that counts here')
        : asDevice(found);
    }
    if (attempt.isLocal && options.isAnonymousAllowed) return { ok: true, identity: LOCAL };
    return refused(REFUSED.notAllowed, 'it has neither a token nor a certificate');
  };
}

function byPassword(
  { credentials, runners }: BrokerSignInOptions,
  { username = '', password = '' }: SignInAttempt,
): SignInAnswer {
  const runner = runners.workspaceOf(username, password);
  if (runner !== undefined) {
    return { ok: true, identity: { kind: 'runner', workspace: runner, credential: RUNNER + runner } };
  }
  const found = credentials.byToken(password);
  if (found === undefined || username !== usernameOf(found.workspace, found.device)) {
    return refused(REFUSED.credentials, 'its user name or token is wrong, or the token was revoked');
  }
  return asDevice(found);
}

function asDevice({ workspace, device, credential, expiresAt }: SignedInDevice): SignInAnswer {
  return { ok: true, identity: { kind: 'device', workspace, device, credential, expiresAt } };
}

function refused(code: 4 | 5, reason: string): SignInAnswer {
  return { ok: false, code, reason };
}
