import type { Page } from '@playwright/test';
import { createFlow, node, wire } from './flows.ts';
import type { Product } from './product.ts';
import { ACCOUNT } from './product.ts';
import { connectOutside, expect } from './test.ts';

// Texts that would do something wherever they are taken for more than text, a workspace that is full of them, and what
// finds it out.

/** HTML that runs a script. */
export const TAG = '<img src=x onerror="window.__hit=1">';

/** A text that would do something wherever it is taken for HTML, for an attribute, or for Markdown. */
export function evil(place: string): string {
  return `${place} ${TAG}"><script>window.__hit=1</script>[k](javascript:window.__hit=1)`;
}

/** For where there is less room, or no slash: as a part of a topic. */
export function evilPart(place: string): string {
  return `${place}${TAG}`;
}

/** The device that sends all of it. */
export const DEVICE = evilPart('device');
const MARKDOWN = `${evil('markdown')}\n\n![p](https://elsewhere.invalid/p.png)\n\n<javascript:window.__hit=1>`;
/** An address that is a script. */
export const SCRIPT_ADDRESS = 'javascript:window.__hit=1';

/** What would be there if any of it had been taken for more than text. */
const TRACES = `[
  window.__hit === undefined ? [] : ['a script of a text ran'],
  [...document.querySelectorAll('[onerror], img[src="x"], script:not([src]), iframe, object, embed')],
  [...document.querySelectorAll('[href^="javascript:" i], [src^="javascript:" i], [href*="elsewhere.invalid"]')],
].flat().map((one) => typeof one === 'string' ? one : one.outerHTML)`;

export interface Watched {
  /** Fails when the page as it stands, or anything since the last time, shows that a text was more than a text. */
  expectHarmless(where: string): Promise<void>;
  /** What was found since the last time. */
  take(): Promise<string[]>;
}

/** Listens to all that a text that runs would set off. Before the first `goto`. */
export async function watch(page: Page, product: Product): Promise<Watched> {
  const found: string[] = [];
  page.on('dialog', (dialog) => {
    found.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    const isOwn = url.origin === product.url || ['data:', 'blob:'].includes(url.protocol);
    if (!isOwn || url.pathname.endsWith('/x')) found.push(`request: ${request.url()}`);
  });
  page.on('pageerror', (error) => found.push(`error: ${error.message}`));
  await page.exposeFunction('tellViolation', (text: string) => void found.push(`policy: ${text}`));
  await page.addInitScript(
    `addEventListener('securitypolicyviolation', (event) =>
       tellViolation(event.effectiveDirective + ' ' + event.blockedURI + ' ' + event.sourceFile + ':' + event.lineNumber))`,
  );
  const take = async () => {
    const traces = await page.evaluate<string[]>(TRACES);
    return [...found.splice(0), ...traces];
  };
  return {
    take,
    expectHarmless: async (where) => expect({ where, found: await take() }).toEqual({ where, found: [] }),
  };
}

/** A flow in which everything has an evil name. */
export const EVIL_FLOW = {
  description: evil('description'),
  nodes: [
    node('in', 'device-input', 0, {}, evil('source')),
    {
      ...node('code', 'function', 264, {
        code: `if (message.payload.fails) throw new Error(message.payload.fails);\nreturn message;`,
      }),
      name: evil('step'),
      notes: MARKDOWN,
    },
    node('alarm', 'alarm', 528, { text: { template: `${evil('alert')} of {{device}}` } }, evil('bell')),
    node('show', 'debug', 792, { label: evil('label') }, evil('show')),
    { ...node('note', 'comment', 264, { text: MARKDOWN }, evil('note')), position: { x: 0, y: 400 } },
    { ...node('odd', evilPart('type'), 528, {}, evil('unknown')), position: { x: 528, y: 400 } },
  ],
  wires: [wire('in.out > code.in'), wire('code.out > alarm.in'), wire('alarm.out > show.in')],
  scenarios: [
    {
      name: evil('scenario'),
      input: [
        { at: '0s', node: 'in', message: { device: DEVICE, payload: { [evilPart('key')]: evil('value') } } },
      ],
      expect: [],
    },
  ],
} as const;

/** One call of the API as the person of the page. */
export async function call(page: Page, { url }: Product, method: string, path: string, data?: object) {
  const answer = await page.request.fetch(`${url}${path}`, {
    method,
    headers: { origin: url },
    ...(data === undefined ? {} : { data }),
  });
  return { status: answer.status(), body: (await answer.json()) as Record<string, unknown> };
}

/** The same for a call that has to succeed. */
export async function ok(page: Page, product: Product, method: string, path: string, data?: object) {
  const { status, body } = await call(page, product, method, path, data);
  expect(`${method} ${path}: ${status} ${status < 300 ? '' : JSON.stringify(body)}`).toBe(
    `${method} ${path}: 200 `,
  );
  return body;
}

/** A workspace in which everything that has a name has an evil one, and so has the person of the page. Gives the flow. */
export async function fill(page: Page, product: Product): Promise<string> {
  const token = new URL(product.link ?? '').hash.split('=')[1] ?? '';
  const { email, password } = ACCOUNT;
  await ok(page, product, 'POST', '/api/first-start', { token, email, password, name: evil('person') });
  // Who makes the first account is signed in.
  await ok(page, product, 'PUT', '/api/workspaces/main', { name: evil('workspace') });
  await ok(page, product, 'POST', '/api/workspaces', { name: evil('second') });
  await ok(page, product, 'POST', '/api/connections', {
    name: evil('connection'),
    type: 'mqtt',
    config: { url: 'mqtt://127.0.0.1:9', username: evil('username'), clientId: evilPart('client') },
  });
  await ok(page, product, 'POST', '/api/tokens', { name: evil('token'), role: 'viewer' });
  const { description, scenarios, nodes, wires } = EVIL_FLOW;
  const running = {
    description,
    scenarios,
    nodes: nodes.filter((one) => !('id' in one) || one.id !== 'odd'),
    wires,
  };
  const id = await createFlow(page, product, evil('flow'), running);
  await ok(page, product, 'POST', '/api/deployments', { flow: id, revision: 1, note: evil('reason') });
  const outside = await connectOutside(product.mqttUrl);
  await outside.publish(`devices/${DEVICE}/telemetry`, {
    [evilPart('key')]: evil('value'),
    temperature: evil('measured'),
    url: SCRIPT_ADDRESS,
  });
  await outside.publish(`devices/${DEVICE}/telemetry`, { fails: evil('thrown') });
  await outside.end();
  await expect.poll(async () => (await call(page, product, 'GET', '/api/devices')).body.length).toBe(1);
  await ok(page, product, 'PUT', `/api/devices/${encodeURIComponent(DEVICE)}`, {
    name: evil('thermometer'),
    model: evil('model'),
    tags: [evilPart('tag')],
  });
  // Refused, so that it stands in the audit log: by whom, at what.
  await call(page, product, 'POST', '/api/session', { email: evil('guess'), password: 'x'.repeat(12) });
  return id;
}
