import type { IncomingMessage } from 'node:http';
import type { Request, Response } from 'express';
import * as z from 'zod';
import type { Origin } from '../../storage/sessions.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { inNoWorkspace } from '../accounts/accounts.ts';
import type { Caller } from '../accounts/caller.ts';
import { SESSION_MS } from '../accounts/sessions.ts';
import { TOKEN_PREFIX } from '../accounts/tokens.ts';

const COOKIE = 'sluice_session';
const authSchema = z.object({ token: z.string() });

type Asking = Pick<IncomingMessage, 'headers'>;

/** The session token in the cookie of a request. */
export function sessionTokenOf(request: Asking): string | undefined {
  const value = cookieOf(request, COOKIE);
  // The text of an API token counts as a bearer text only.
  return value === undefined || value.length > 200 || value.startsWith(TOKEN_PREFIX) ? undefined : value;
}

/** The first cookie of a name. */
export function cookieOf(request: Asking, wanted: string): string | undefined {
  for (const part of request.headers.cookie?.split(';') ?? []) {
    const [name, value] = part.trim().split('=', 2);
    if (name === wanted && value !== undefined) return value;
  }
  return undefined;
}

/** A request says who calls by `Authorization: Bearer`, which no page of another site can do. */
export function hasBearer(request: Asking): boolean {
  return /^bearer(\s|$)/i.test(request.headers.authorization ?? '');
}

/**
 * By what a request, or the handshake of a socket (`auth: { token }`), says who calls: an API token, or else the
 * session of the cookie. Where a bearer text is given the cookie does not count.
 */
export function credentialOf(request: Asking, auth?: unknown): string | undefined {
  // Every request comes by here: one that has no handshake costs no look at it.
  const handshake = auth === undefined ? undefined : authSchema.safeParse(auth).data?.token;
  if (handshake === undefined && !hasBearer(request)) return sessionTokenOf(request);
  const bearer = handshake ?? request.headers.authorization?.replace(/^bearer\s*/i, '');
  return bearer?.startsWith(TOKEN_PREFIX) === true && bearer.length <= 200 ? bearer : undefined;
}

/** Who calls; `undefined` for nobody. Throws `not-allowed` for somebody who is in no workspace any more. */
export function callerOf(
  accounts: Pick<Accounts, 'find'>,
  request: Pick<IncomingMessage, 'headers' | 'socket'>,
  auth?: unknown,
): Caller | undefined {
  const credential = credentialOf(request, auth);
  if (credential === undefined) return undefined;
  const found = accounts.find(credential, originOf(request));
  if (found !== undefined && found.caller === undefined) throw inNoWorkspace();
  return found?.caller;
}

/** From where a request comes, and by which browser. */
export function originOf(request: Pick<IncomingMessage, 'headers' | 'socket'>): Origin {
  return { address: request.socket.remoteAddress ?? '', browser: request.headers['user-agent'] ?? '' };
}

/** Sets the session cookie, or with `undefined` takes it away. */
export function setSessionCookie(response: Response, token: string | undefined, isSecure: boolean): void {
  const options = { httpOnly: true, sameSite: 'lax', secure: isSecure, path: '/' } as const;
  if (token === undefined) response.clearCookie(COOKIE, options);
  else response.cookie(COOKIE, token, { ...options, maxAge: SESSION_MS });
}

/** What a browser keeps while somebody signs in elsewhere, for as long as that may take. */
export const PENDING_COOKIE = 'sluice_pending';
const PENDING_MS = 10 * 60_000;

export function setPendingCookie(response: Response, text: string | undefined, isSecure: boolean): void {
  // Lax: it comes along when the provider sends the browser back.
  const options = { httpOnly: true, sameSite: 'lax', secure: isSecure, path: '/api/oidc' } as const;
  if (text === undefined) response.clearCookie(PENDING_COOKIE, options);
  // It has no character that would have to be encoded.
  else response.cookie(PENDING_COOKIE, text, { ...options, maxAge: PENDING_MS, encode: String });
}

/**
 * The address of this server as the browser knows it. A provider sends people to addresses only that it was told of, so
 * what a request says of it leads nobody elsewhere.
 */
export function addressOf(request: Request): string {
  const forwarded = request.headers['x-forwarded-proto'];
  const protocol = request.secure || forwarded === 'https' ? 'https' : 'http';
  return `${protocol}://${request.headers.host ?? 'localhost'}`;
}
