import type { Page } from '@playwright/test';
import { createFlow, node, wire } from '../flows.ts';
import type { Product } from '../product.ts';
import { ACCOUNT } from '../product.ts';
import { connectOutside, expect, signIn, test } from '../test.ts';

// Every text that people, devices and servers can name, with HTML, addresses of scripts and Markdown in it, on every
// screen that shows it: it is shown as it is written, nothing of it runs, and the page asks nobody else for anything.

const TAG = '<img src=x onerror="window.__hit=1">';

/** A text that would do something wherever it is taken for HTML, for an attribute, or for Markdown. */
function evil(place: string): string {
  return `${place} ${TAG}"><script>window.__hit=1</script>[k](javascript:window.__hit=1)`;
}

/** For where there is less room, or no slash: as a part of a topic. */
function evilPart(place: string): string {
  return `${place}${TAG}`;
}

const DEVICE = evilPart('device');
const MARKDOWN = `${evil('markdown')}\n\n![p](https://elsewhere.invalid/p.png)\n\n<javascript:window.__hit=1>`;
const SCRIPT_ADDRESS = 'javascript:window.__hit=1';

/** What would be there if any of it had been taken for more than text. */
const TRACES = `[
  window.__hit === undefined ? [] : ['a script of a text ran'],
  [...document.querySelectorAll('[onerror], img[src="x"], script:not([src]), iframe, object, embed')],
  [...document.querySelectorAll('[href^="javascript:" i], [src^="javascript:" i], [href*="elsewhere.invalid"]')],
].flat().map((one) => typeof one === 'string' ? one : one.outerHTML)`;

interface Watched {
  /** Fails when the page as it stands, or anything since the last time, shows that a text was more than a text. */
  expectHarmless(where: string): Promise<void>;
  /** What was found since the last time. */
  take(): Promise<string[]>;
}

/** Listens to all that a text that runs would set off. Before the first `goto`. */
async function watch(page: Page, product: Product): Promise<Watched> {
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

const EVIL_FLOW = {
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
    node('odd', evilPart('type'), 1056, {}, evil('unknown')),
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

async function call(page: Page, { url }: Product, method: string, path: string, data?: object) {
  const answer = await page.request.fetch(`${url}${path}`, {
    method,
    headers: { origin: url },
    ...(data === undefined ? {} : { data }),
  });
  return { status: answer.status(), body: (await answer.json()) as Record<string, unknown> };
}

async function ok(page: Page, product: Product, method: string, path: string, data?: object) {
  const { status, body } = await call(page, product, method, path, data);
  expect(`${method} ${path}: ${status} ${status < 300 ? '' : JSON.stringify(body)}`).toBe(
    `${method} ${path}: 200 `,
  );
  return body;
}

/** A workspace in which everything that has a name has an evil one, and so has the person of the page. Gives the flow. */
async function fill(page: Page, product: Product): Promise<string> {
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

test('what would run, load or ask is found where it does', async ({ page, product }) => {
  const watched = await watch(page, product);
  await page.goto(product.url);
  await watched.expectHarmless('the page as it is');
  for (const html of [
    TAG,
    '<img src="https://elsewhere.invalid/p.png">',
    `<a href="${SCRIPT_ADDRESS}">k</a>`,
    '<iframe srcdoc="x"></iframe>',
  ]) {
    await page.evaluate(
      `{ const place = document.createElement('p'); place.innerHTML = ${JSON.stringify(html)}; document.body.append(place); }`,
    );
    await expect.poll(async () => [html, (await watched.take()).length > 0]).toEqual([html, true]);
    await page.evaluate('document.body.lastElementChild.remove()');
  }
});

test('no text that people, devices or servers can name is more than a text on any screen', async ({
  page,
  start,
}) => {
  test.slow();
  const product = await start({ account: false });
  const watched = await watch(page, product);
  const flow = await fill(page, product);

  await test.step('home', async () => {
    await page.goto(product.url);
    for (const place of ['flow', 'alert', 'thermometer', 'person']) await expectShown(page, place);
    await watched.expectHarmless('home');
    await page.getByRole('button', { name: /^Account of/ }).click();
    await watched.expectHarmless('the menu of the account');
    await page.keyboard.press('Escape');
  });

  await test.step('devices', async () => {
    await page.goto(`${product.url}/devices`);
    await expectShown(page, 'thermometer');
    await page.getByText('thermometer <img').first().click();
    const panel = page.getByRole('dialog');
    for (const text of [evilPart('key'), evil('measured'), SCRIPT_ADDRESS, DEVICE, evilPart('tag')])
      await expect(panel).toContainText(text);
    await watched.expectHarmless('devices');
  });

  await test.step('connections', async () => {
    await page.goto(`${product.url}/connections`);
    await expectShown(page, 'connection');
    await page.getByRole('button', { name: 'Edit connection <img' }).click();
    await expect(page.getByRole('dialog').getByRole('textbox', { name: 'Name', exact: true })).toHaveValue(
      evil('connection'),
    );
    await watched.expectHarmless('connections');
  });

  await test.step('health', async () => {
    await page.goto(`${product.url}/health`);
    await page.getByRole('button', { name: 'flow <img' }).click();
    for (const place of ['flow', 'step', 'source', 'show']) await expectShown(page, place);
    await watched.expectHarmless('health');
  });

  await test.step('every page under Settings', async () => {
    await page.goto(`${product.url}/settings`);
    const ways = page.getByRole('navigation', { name: 'Settings' }).getByRole('link');
    await expect(ways.first()).toBeVisible();
    for (const way of await ways.all()) {
      const name = await way.textContent();
      await way.click();
      await page.waitForLoadState('networkidle');
      await watched.expectHarmless(`settings, ${name}`);
    }
  });

  await walkFlow(page, product, watched, flow);
});

test('no sentence of the server and no address makes more than text of what was asked', async ({
  page,
  product,
}) => {
  const watched = await watch(page, product);
  await signIn(page, product);
  const wanted = encodeURIComponent(TAG);
  for (const path of [`/flows/${wanted}`, `/${wanted}`, `/devices?search=${wanted}`, `/flows/a#${wanted}`]) {
    await page.goto(`${product.url}${path}`);
    await page.waitForLoadState('networkidle');
    await watched.expectHarmless(path);
  }
  await page.goto(`${product.url}/api/flows/${wanted}`);
  await watched.expectHarmless('an answer of the API, opened as a page');
  await test.step('nobody is sent to a script by the sign-in', async () => {
    await page.context().clearCookies();
    for (const next of [
      SCRIPT_ADDRESS,
      '//elsewhere.invalid/',
      '/\\elsewhere.invalid/',
      `data:text/html,${TAG}`,
    ]) {
      await page.goto(`${product.url}/sign-in?next=${encodeURIComponent(next)}`);
      await page.getByLabel('E-mail').fill(ACCOUNT.email);
      await page.getByLabel('Password', { exact: true }).fill(ACCOUNT.password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByRole('button', { name: /^Account of|New flow/ }).first()).toBeVisible();
      expect(new URL(page.url()).origin).toBe(product.url);
      await watched.expectHarmless(`sign-in, then ${next}`);
      await page.context().clearCookies();
    }
  });
});

/** Somewhere on the page that text stands as it was written; cut by the look of it or not. */
async function expectShown(page: Page, place: string): Promise<void> {
  await expect(page.locator('body')).toContainText(evil(place));
}

/** All panels of the editor of a flow. */
async function walkFlow(page: Page, product: Product, watched: Watched, flow: string): Promise<void> {
  await page.goto(`${product.url}/flows/${flow}`);
  await expect(page.getByLabel('Name of the flow')).toHaveValue(evil('flow'));
  const nodeOf = (place: string) => page.locator('.react-flow__node', { hasText: `${place} <img` }).first();
  await test.step('the canvas, with notes and values', async () => {
    for (const place of ['source', 'step', 'bell', 'show', 'note']) await expectShown(page, place);
    await expect(page.locator('.note-text')).toContainText('![p](https://elsewhere.invalid/p.png)');
    await watched.expectHarmless('the canvas');
  });
  await test.step('what comes over the wires', async () => {
    const outside = await connectOutside(product.mqttUrl);
    await expect(async () => {
      await outside.publish(`devices/${DEVICE}/telemetry`, { [evilPart('key')]: evil('value') });
      await outside.publish(`devices/${DEVICE}/telemetry`, { fails: evil('thrown') });
      await expect(page.getByRole('listbox').getByRole('option').first()).toBeVisible({ timeout: 1_000 });
    }).toPass();
    await outside.end();
    await page.getByRole('listbox').getByRole('option', { name: /Debug/ }).first().click();
    await expect(page.getByRole('treegrid').first()).toContainText(evil('value'));
    await watched.expectHarmless('the messages');
  });
  await test.step('failed messages', async () => {
    await page.getByRole('tab', { name: /Failed messages/ }).click();
    await expectShown(page, 'thrown');
    await page.getByRole('tabpanel').getByRole('button', { expanded: false }).first().click();
    await watched.expectHarmless('failed messages');
  });
  await test.step('a trace', async () => {
    await page.getByRole('tab', { name: 'Trace' }).click();
    await page.getByRole('textbox', { name: 'Device to trace' }).fill(DEVICE);
    await page.getByRole('button', { name: 'Trace next message' }).click();
    const outside = await connectOutside(product.mqttUrl);
    await outside.publish(`devices/${DEVICE}/telemetry`, { [evilPart('key')]: evil('value') });
    await outside.end();
    await expect(page.getByRole('article', { name: 'Trace' })).toContainText('step <img');
    await watched.expectHarmless('a trace');
  });
  await test.step('every tab of every node', async () => {
    for (const place of ['source', 'step', 'bell', 'show', 'note']) {
      await nodeOf(place).click({ position: { x: 40, y: 12 } });
      const tabs = page.getByRole('tablist', { name: /^Panel of/ }).getByRole('tab');
      await expect(tabs.first()).toBeVisible();
      for (const tab of await tabs.all()) {
        await tab.click();
        await watched.expectHarmless(`${place}, ${await tab.textContent()}`);
      }
    }
  });
  await test.step('versions, and an unknown type', async () => {
    const { body } = await call(page, product, 'GET', `/api/flows/${flow}`);
    const draft = { ...(body.flow as object), nodes: EVIL_FLOW.nodes };
    await ok(page, product, 'PUT', `/api/flows/${flow}`, { revision: body.revision, flow: draft });
    await page.goto(`${product.url}/flows/${flow}`);
    await page.keyboard.press('Escape');
    await nodeOf('unknown').click({ position: { x: 40, y: 12 } });
    await expect(page.locator('body')).toContainText(evilPart('type'));
    await watched.expectHarmless('an unknown type');
    await page.getByRole('button', { name: 'Flow menu' }).click();
    await page.getByRole('menuitem', { name: /Versions/ }).click();
    await expectShown(page, 'reason');
    await watched.expectHarmless('versions');
  });
}
