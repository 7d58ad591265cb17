import type { Role } from '@sluice/shared/protocol/people.ts';
import { expect } from 'vitest';
import type { TestServer } from '../testServer.ts';
import { ADA, apiOf, startTestServer } from '../testServer.ts';

const ADMIN = { adminEmail: ADA.email, adminPassword: ADA.password };
export const EVE = { email: 'eve@example.org', name: 'Eve', password: 'seven quiet herons sleep' };

/** The session cookie that an answer sets. */
export function cookieIn({ headers }: { headers: Headers }): string {
  return (headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

/** Signs in, and gives the cookie. */
export async function signIn({ server }: TestServer, body: Record<string, string>): Promise<string> {
  const answered = await apiOf(server).raw('signIn', { body });
  expect(answered.status).toBe(200);
  return cookieIn(answered);
}

/** The server of Ada, who owns it, and her session. */
export async function ada() {
  const test = await startTestServer(ADMIN);
  const cookie = await signIn(test, { email: ADA.email, password: ADA.password });
  return { test, cookie, api: apiOf(test.server, cookie), guest: apiOf(test.server) };
}

/** Invites somebody, and gives the token of the link. */
export async function invited(
  api: ReturnType<typeof apiOf>,
  email: string,
  role: Role = 'viewer',
): Promise<string> {
  const { link } = await api.ok('invite', { body: { email, role } });
  expect(link).toMatch(/^\/invitation#token=[\w-]{43}$/);
  return link.split('=')[1] ?? '';
}

/** Eve accepts an invitation; gives her cookie. */
export async function join(made: Awaited<ReturnType<typeof ada>>, role: Role = 'viewer'): Promise<string> {
  const token = await invited(made.api, EVE.email, role);
  const { name, password } = EVE;
  return cookieIn(await made.guest.raw('acceptInvitation', { body: { token, name, password } }));
}
