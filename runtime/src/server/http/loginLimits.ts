import { SluiceError } from '@sluice/shared/errors.ts';
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';

const WINDOW_MS = 5 * 60_000;
/** Failed tries in a window, for one account and for one address. */
export const TRIES = { account: 10, address: 50 } as const;

/** Limits failed tries to sign in, by account and by address; tries that succeed do not count. */
export function loginLimits(): RequestHandler[] {
  return [
    limit(TRIES.address, (request) => `address ${ipKeyGenerator(request.socket.remoteAddress ?? '')}`),
    limit(TRIES.account, (request) => `account ${emailOf(request)}`),
  ];
}

function limit(tries: number, key: (request: Request) => string): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit: tries,
    keyGenerator: key,
    skipSuccessfulRequests: true,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_request, _response, next) =>
      next(
        new SluiceError(
          'too-many-tries',
          'There were too many wrong tries. Wait five minutes and try again.',
        ),
      ),
  });
}

function emailOf(request: Request): string {
  const body: unknown = request.body;
  const email = typeof body === 'object' && body !== null && 'email' in body ? body.email : '';
  return typeof email === 'string' ? email.trim().toLowerCase().slice(0, 254) : '';
}
