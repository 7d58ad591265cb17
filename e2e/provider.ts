import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Provider } from 'oidc-provider';
import { OIDC_CLIENT } from './product.ts';

// A real OIDC provider outside of the product, with a page of its own on which people say who they are.

export interface OutsideProvider {
  readonly issuer: string;
  /** Begins to answer for a product that runs at this address. */
  serve(productUrl: string): void;
  stop(): void;
}

const PAGE = `<!doctype html><html lang="en"><title>Example</title>
<form method="post"><label>Who are you? <input name="email" /></label><button>Go on</button></form></html>`;

/** Listens on a free port; whoever gives an address on its page is the person with that confirmed address. */
export async function startProvider(): Promise<OutsideProvider> {
  let provider: Provider | undefined;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.startsWith('/login') !== true) await provider?.callback()(request, response);
    else if (request.method === 'GET') response.setHeader('content-type', 'text/html').end(PAGE);
    else {
      const email = new URLSearchParams(await text(request)).get('email') ?? '';
      await provider?.interactionFinished(request, response, { login: { accountId: email } });
    }
  };
  const http = createServer((request, response) => {
    answer(request, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    );
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    issuer,
    serve: (productUrl) => {
      provider = new Provider(issuer, configurationFor(`${productUrl}/api/oidc/callback`));
    },
    stop: () => {
      http.closeAllConnections();
      http.close();
    },
  };
}

function configurationFor(redirectUri: string) {
  const { id, secret } = OIDC_CLIENT;
  return {
    clients: [{ client_id: id, client_secret: secret, redirect_uris: [redirectUri] }],
    pkce: { required: () => true },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: ['a key of the tests only'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: () => '/login' },
    findAccount: (_context: unknown, sub: string) => ({
      accountId: sub,
      claims: () => ({ sub, email: sub, email_verified: true, name: sub.split('@')[0] }),
    }),
    // Nobody is asked whether they agree.
    async loadExistingGrant({ oidc }: GrantContext) {
      const { clientId } = oidc.client;
      const grant = new oidc.provider.Grant({ clientId, accountId: oidc.session.accountId });
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
