import { ACCOUNT } from '../product.ts';
import type { FlowParts } from './flows.ts';

/** What the editor says to the server, said by hand. */
export interface Api {
  /** Makes a flow and runs it; gives its id. */
  makeFlow(name: string, parts: FlowParts): Promise<string>;
  /** Makes a connection to an MQTT broker on this machine; gives its id. */
  makeConnection(name: string, port: number): Promise<string>;
  /** Saves a new draft of a flow and runs it. */
  redeploy(id: string, name: string, parts: FlowParts): Promise<Answer>;
  get(path: string): Promise<Answer>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export async function signIn(url: string): Promise<Api> {
  let cookie = '';
  const call = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', origin: url, cookie },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? cookie;
    return { status: answer.status, body: await answer.json() };
  };
  const must = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await call(method, path, body);
    if (answer.status >= 400)
      throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };

  await must('POST', '/api/session', { email: ACCOUNT.email, password: ACCOUNT.password });
  return {
    makeFlow: async (name, parts) => {
      const flow = { format: 1, id: 'made', name, ...parts };
      const made = (await must('POST', '/api/flows', { name, flow })) as Draft;
      await must('POST', '/api/deployments', { flow: made.id, revision: made.revision });
      return made.id;
    },
    makeConnection: async (name, port) => {
      const config = { url: `mqtt://127.0.0.1:${port}` };
      return ((await must('POST', '/api/connections', { name, type: 'mqtt', config })) as Draft).id;
    },
    redeploy: async (id, name, parts) => {
      const { revision } = (await must('GET', `/api/flows/${id}`)) as Draft;
      const flow = { format: 1, id, name, ...parts };
      const saved = await call('PUT', `/api/flows/${id}`, { revision, flow });
      if (saved.status >= 400) return saved;
      return call('POST', '/api/deployments', { flow: id, revision: (saved.body as Draft).revision });
    },
    get: (path) => call('GET', path),
  };
}

interface Draft {
  readonly id: string;
  readonly revision: number;
}

const PAGE = 1_000;

/** All dead letters, of one flow where its id is not empty. */
export async function deadLetters(api: Api, flow: string): Promise<readonly unknown[]> {
  const found: { readonly id: string }[] = [];
  for (;;) {
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (flow !== '') query.set('flow', flow);
    const last = found.at(-1);
    if (last !== undefined) query.set('before', last.id);
    const { status, body } = await api.get(`/api/dead-letters?${query.toString()}`);
    if (status !== 200)
      throw new Error(`The dead letters were answered with ${status}: ${JSON.stringify(body)}`);
    const page = body as readonly { readonly id: string }[];
    found.push(...page);
    if (page.length < PAGE) return found;
  }
}
