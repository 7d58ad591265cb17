import type { IncomingMessage } from 'node:http';
import type { Response } from 'express';
import { SESSION_MS } from '../accounts/accounts.ts';

const COOKIE = 'sluice_session';

/** The session token of a request or of a socket's handshake. */
export function sessionTokenOf(request: Pick<IncomingMessage, 'headers'>): string | undefined {
  for (const part of request.headers.cookie?.split(';') ?? []) {
    const [name, value] = part.trim().split('=', 2);
    if (name === COOKIE && value !== undefined && value.length <= 200) return value;
  }
  return undefined;
}

/** Sets the session cookie, or with `undefined` takes it away. */
export function setSessionCookie(response: Response, token: string | undefined, isSecure: boolean): void {
  const options = { httpOnly: true, sameSite: 'lax', secure: isSecure, path: '/' } as const;
  if (token === undefined) response.clearCookie(COOKIE, options);
  else response.cookie(COOKIE, token, { ...options, maxAge: SESSION_MS });
}
