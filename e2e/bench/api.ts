import { ACCOUNT } from '../product.ts';
import type { Product } from '../product.ts';

/** The API of a running product, as the account of `ACCOUNT`. */
export interface Api {
  readonly cookie: string;
  post(path: string, body: object): Promise<Record<string, unknown>>;
}

export async function signIn(product: Product): Promise<Api> {
  return apiWith(product, await openSession(product));
}

/** The API with a cookie that was got otherwise. */
export function apiWith(product: Product, cookie: string): Api {
  return {
    cookie,
    post: async (path, body) => {
      const answer = await fetch(`${product.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie, origin: product.url },
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`POST ${path} failed: ${await answer.text()}`);
      return (await answer.json()) as Record<string, unknown>;
    },
  };
}

async function openSession(product: Product): Promise<string> {
  const answer = await fetch(`${product.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: product.url },
    body: JSON.stringify({ email: ACCOUNT.email, password: ACCOUNT.password }),
  });
  if (!answer.ok) throw new Error(`Signing in failed: ${await answer.text()}`);
  return cookieIn(answer);
}

/** The cookie that an answer sets. */
export function cookieIn(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

interface Made {
  readonly id: string;
  readonly revision: unknown;
}

/** Makes a flow that does not run yet. */
export async function createFlow(api: Api, flow: { readonly name: string }): Promise<Made> {
  const { id, revision } = await api.post('/api/flows', { name: flow.name, flow });
  return { id: String(id), revision };
}

export async function deploy(api: Api, { id, revision }: Made): Promise<void> {
  await api.post('/api/deployments', { flow: id, revision });
}

/** Makes a flow and deploys it. */
export async function deployFlow(api: Api, flow: { readonly name: string }): Promise<void> {
  await deploy(api, await createFlow(api, flow));
}
