import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TRIES } from '../http/loginLimits.ts';
import { ADA, apiOf, startTestServer } from '../testServer.ts';

const CLIENT = { oidcClientId: 'sluice', oidcClientSecret: 'a secret of the tests only' };

interface Outsider {
  readonly sub: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly name: string;
}
const EVE: Outsider = { sub: 'e1', email: 'eve@example.org', email_verified: true, name: 'Eve' };

/** A real OIDC provider, where whoever comes is `who.is` at once, and a server that people sign in to with it. */
async function setUp(flags: Record<string, unknown> = {}) {
  const who = { is: EVE };
  let provider: Provider | undefined;
  const http = createServer((request, response) => {
    const isLogin = request.url?.startsWith('/login') === true;
    const done = isLogin
      ? provider?.interactionFinished(request, response, { login: { accountId: who.is.sub } })
      : provider?.callback()(request, response);
    done?.catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const test = await startTestServer({
    adminEmail: ADA.email,
    adminPassword: ADA.password,
    oidcIssuer: issuer,
    oidcName: 'Example',
    ...CLIENT,
    ...flags,
  });
  provider = new Provider(
    issuer,
    configurationOf(`${test.server.address}/api/oidc/callback`, () => who.is),
  );
  return { test, who, browser: () => openBrowser(test.server.address) };
}

function configurationOf(redirectUri: string, who: () => Outsider) {
  return {
    clients: [
      {
        client_id: CLIENT.oidcClientId,
        client_secret: CLIENT.oidcClientSecret,
        redirect_uris: [redirectUri],
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: ['a key of the tests only'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: () => '/login' },
    findAccount: (_context: unknown, sub: string) => ({ accountId: sub, claims: () => who() }),
    // Nobody is asked whether they agree.
    async loadExistingGrant({ oidc }: GrantContext) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client.clientId,
        accountId: oidc.session.accountId,
      });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  };
}

interface GrantContext {
  readonly oidc: {
    readonly provider: {
      readonly Grant: new (of: object) => { addOIDCScope(scope: string): void; save(): Promise<string> };
    };
    readonly client: { readonly clientId: string };
    readonly session: { readonly accountId: string };
  };
}

/** Follows where it is sent, with cookies, until there is an answer; stops before an address that fits `stopAt`. */
function openBrowser(address: string) {
  const cookies = new Map<string, string>();
  async function open(path: string, stopAt = /^$/): Promise<{ url: string; status: number; body: string }> {
    const url = new URL(path, address).href;
    if (stopAt.test(url)) return { url, status: 0, body: '' };
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s);
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location === null) return { url, status: response.status, body: await response.text() };
    const next = new URL(location, url);
    // The pages of the editor: where a sign-in ends, well or with a problem.
    if (/^\/($|sign-in|flows\/)/.test(next.pathname)) return { url, status: response.status, body: location };
    return open(next.href, stopAt);
  }
  return { open, cookie: () => `sluice_session=${cookies.get('sluice_session') ?? ''}` };
}

describe('sign-in with a provider outside', () => {
  it('lets in nobody who is not invited', async () => {
    const { test, browser } = await setUp();
    expect(await apiOf(test.server).ok('oidc')).toEqual({ name: 'Example' });
    const answered = await browser().open('/api/oidc/start');
    expect(answered).toMatchObject({ status: 303, body: '/sign-in?problem=not-invited' });
    expect(test.database.prepare('SELECT count(*) AS n FROM users').get()?.n).toBe(1);
  });

  it('lets in who is invited, with the role of the invitation, and knows them by their subject later', async () => {
    const { test, browser, who } = await setUp();
    const admin = apiOf(test.server, test.cookieFor('admin'));
    await admin.ok('invite', { body: { email: EVE.email, role: 'operator' } });
    const first = browser();
    expect(await first.open('/api/oidc/start')).toMatchObject({ status: 303, body: '/' });
    const api = apiOf(test.server, first.cookie());
    expect(await api.ok('account')).toMatchObject({
      email: EVE.email,
      name: 'Eve',
      role: 'operator',
      hasPassword: false,
    });
    expect(await admin.ok('invitations')).toEqual([]);
    who.is = { ...EVE, email: 'eve.new@example.org' };
    const second = browser();
    await second.open('/api/oidc/start');
    expect(await apiOf(test.server, second.cookie()).ok('session')).toMatchObject({ email: EVE.email });
    const byPassword = await apiOf(test.server).problem('signIn', {
      body: { email: EVE.email, password: '' },
    });
    expect(byPassword.code).toBe('wrong-credentials');
  });

  it('lets in people of an allowed domain as viewers, and nobody of a longer one', async () => {
    const { test, browser, who } = await setUp({ oidcAllowedDomains: 'example.org' });
    const eve = browser();
    await eve.open('/api/oidc/start');
    expect(await apiOf(test.server, eve.cookie()).ok('session')).toMatchObject({
      role: 'viewer',
      isOwner: false,
    });
    who.is = { ...EVE, sub: 'm1', email: 'mallory@notexample.org' };
    expect((await browser().open('/api/oidc/start')).body).toBe('/sign-in?problem=not-invited');
  });

  it('takes no address that the provider has not verified, even one that has an account', async () => {
    const { browser, who } = await setUp({ oidcAllowedDomains: 'example.org' });
    who.is = { ...EVE, email: ADA.email, email_verified: false };
    const answered = await browser().open('/api/oidc/start');
    expect(answered).toMatchObject({ status: 303, body: '/sign-in?problem=not-confirmed' });
  });

  it('goes on only in the browser where it began, with its own state, and once', async () => {
    const { browser } = await setUp({ oidcAllowedDomains: 'example.org' });
    const eve = browser();
    const { url } = await eve.open('/api/oidc/start', /\/api\/oidc\/callback/);
    expect(url).toContain('code=');
    const elsewhere = '/sign-in?problem=not-begun-here';
    expect((await browser().open(url)).body).toBe(elsewhere);
    const other = browser();
    await other.open('/api/oidc/start', /\/api\/oidc\/callback/);
    expect((await other.open(url)).body).toBe('/sign-in?problem=refused');
    expect((await eve.open(url)).body).toBe('/');
    expect((await eve.open(url)).body).toBe(elsewhere);
    expect((await eve.open('/api/oidc/callback')).body).toBe(elsewhere);
  });

  it.each([
    ['/flows/a?tab=1', '/flows/a?tab=1'],
    ['https://elsewhere.example/', '/'],
    ['//elsewhere.example/x', '/'],
    ['/\\elsewhere.example', '/'],
    ['/.//elsewhere.example', '/'],
    ['javascript:alert(1)', '/'],
  ])('that was begun for the page %s leads to %s', async (next, page) => {
    const { browser } = await setUp({ oidcAllowedDomains: 'example.org' });
    const path = `/api/oidc/start?${new URLSearchParams({ next }).toString()}`;
    expect((await browser().open(path)).body).toBe(page);
  });

  it('leads back to the sign-in page when the provider is away, or none is set up', async () => {
    const { browser } = await setUp({ oidcIssuer: 'http://127.0.0.1:1' });
    expect((await browser().open('/api/oidc/start')).body).toBe('/sign-in?problem=provider-away');
    const test = await startTestServer({ adminEmail: ADA.email, adminPassword: ADA.password });
    expect((await openBrowser(test.server.address).open('/api/oidc/start')).body).toBe(
      '/sign-in?problem=not-set-up',
    );
  });

  it('counts what comes back wrong as a wrong try, and says so on the sign-in page', async () => {
    const { browser } = await setUp();
    const eve = browser();
    for (let times = 0; times < TRIES.address; times++) await eve.open('/api/oidc/callback?state=made-up');
    expect((await eve.open('/api/oidc/callback?state=made-up')).body).toBe('/sign-in?problem=too-many-tries');
  });
});
