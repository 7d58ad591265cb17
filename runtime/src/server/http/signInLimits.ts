import type { RouteName } from '@sluice/shared/protocol/http.ts';
import type { Request, RequestHandler } from 'express';
import type { Accounts } from '../accounts/accounts.ts';
import { createLoginLimits, emailInBody, textInBody } from './loginLimits.ts';
import { credentialOf } from './session.ts';

/** The limit on wrong tries, for each route that takes a password, a code, or the token of a link. */
export function signInLimits(accounts: Accounts): Partial<Record<RouteName, readonly RequestHandler[]>> {
  const limits = createLoginLimits();
  const ofCaller = limits((request) => emailOfCaller(accounts, request));
  return {
    signIn: limits(emailInBody),
    createFirstAccount: limits(() => ''),
    finishOidc: limits(() => ''),
    readInvitation: limits(() => ''),
    acceptInvitation: limits((request) => emailOfInvitation(accounts, request)),
    changePassword: ofCaller,
    beginSecondFactor: ofCaller,
    confirmSecondFactor: ofCaller,
    endSecondFactor: ofCaller,
  };
}

function emailOfCaller(accounts: Accounts, request: Request): string {
  const credential = credentialOf(request);
  return credential === undefined ? '' : (accounts.userOf(credential)?.email ?? '');
}

function emailOfInvitation({ invitations }: Accounts, request: Request): string {
  return invitations.find(textInBody(request, 'token'))?.email ?? '';
}
