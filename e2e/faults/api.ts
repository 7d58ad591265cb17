import { ACCOUNT } from '../product.ts';
import type { FlowParts } from './flows.ts';

/** What the editor says to the server, said by hand. */
export interface Api {
  /** Makes a flow and runs it; gives its id. */
  makeFlow(name: string, parts: FlowParts): Promise<string>;
  /** Saves a new draft of a flow and runs it. */
  redeploy(id: string, name: string, parts: FlowParts): Promise<Answer>;
  get(path: string): Promise<Answer>;
  post(path: string, body: object): Promise<Answer>;
}

export interface Answer {
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
    redeploy: async (id, name, parts) => {
      const { revision } = (await must('GET', `/api/flows/${id}`)) as Draft;
      const flow = { format: 1, id, name, ...parts };
      const saved = await call('PUT', `/api/flows/${id}`, { revision, flow });
      if (saved.status >= 400) return saved;
      return call('POST', '/api/deployments', { flow: id, revision: (saved.body as Draft).revision });
    },
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
  };
}

interface Draft {
  readonly id: string;
  readonly revision: number;
}
