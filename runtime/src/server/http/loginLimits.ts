import { SluiceError } from '@sluice/shared/errors.ts';
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { isRefusal } from './signInRefusals.ts';

const WINDOW_MS = 60_000;
/** Failed tries in a minute, for one account and for one address. */
export const TRIES = { account: 10, address: 10 } as const;

/**
 * Limits failed tries of all that takes a password, a code or the token of a link, by account and by address of the
 * peer; tries that succeed do not count. All routes count together: it gains nobody anything to change between them.
 */
export function createLoginLimits(): (emailOf: (request: Request) => string) => RequestHandler[] {
  const emails = new WeakMap<Request, string>();
  const byAddress = limit(TRIES.address, (request) => ipKeyGenerator(request.socket.remoteAddress ?? ''));
  const byAccount = limit(TRIES.account, (request) => emails.get(request) ?? '');
  return (emailOf) => [
    byAddress,
    (request, response, next) => {
      const email = accountKey(emailOf(request));
      // Without an account that it is about, only the address counts: strangers do not lock each other out.
      if (email === '') return next();
      emails.set(request, email);
      return byAccount(request, response, next);
    },
  ];
}

/** The e-mail in a body; empty when there is none. */
export function emailInBody(request: Request): string {
  return textInBody(request, 'email');
}

/** A text in a body that was not checked yet; empty when there is none. */
export function textInBody(request: Request, key: string): string {
  const body: unknown = request.body;
  if (typeof body !== 'object' || body === null) return '';
  const value: unknown = Object.entries(body).find(([name]) => name === key)?.[1];
  return typeof value === 'string' ? value : '';
}

/** The same for all ways to write an address that lead to the same account. */
function accountKey(email: string): string {
  return email.normalize('NFKC').trim().toLowerCase().slice(0, 254);
}

function limit(tries: number, key: (request: Request) => string): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit: tries,
    keyGenerator: key,
    skipSuccessfulRequests: true,
    requestWasSuccessful: (_request, response) => response.statusCode < 400 && !isRefusal(response),
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // The address is that of the peer, whatever a request says of others before it.
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler: (_request, response, next) => next(tooManyTries(Number(response.getHeader('Retry-After')))),
  });
}

function tooManyTries(seconds: number): SluiceError {
  const when = seconds === 1 ? 'in 1 second' : `in ${seconds} seconds`;
  return new SluiceError('too-many-tries', `There were too many wrong tries. Try again ${when}.`);
}
