import type { Page } from '@playwright/test';
import { ACCOUNT } from '../product.ts';
import type { Product } from '../product.ts';
import type { Watched } from '../evil.ts';
import { call, DEVICE, evil, EVIL_FLOW, evilPart, fill, ok, SCRIPT_ADDRESS, TAG, watch } from '../evil.ts';
import { connectOutside, expect, signIn, test } from '../test.ts';

// Every text that people, devices and servers can name, with HTML, addresses of scripts and Markdown in it, on every
// screen that shows it: it is shown as it is written, nothing of it runs, and the page asks nobody else for anything.

/** What has a name that is shown on a page under Settings. */
const ON_SETTINGS: Readonly<Record<string, readonly string[]>> = {
  Account: ['person', 'workspace'],
  'API tokens': ['token'],
  People: ['person'],
  Audit: ['connection'],
  Workspaces: ['workspace', 'second'],
};

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
      for (const place of ON_SETTINGS[name ?? ''] ?? []) await expectShown(page, place);
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
  await test.step('the canvas, with notes and values', async () => {
    for (const place of ['source', 'step', 'bell', 'show', 'note']) await expectShown(page, place);
    await expect(page.locator('.note-text')).toContainText('![p](https://elsewhere.invalid/p.png)');
    await watched.expectHarmless('the canvas');
  });
  await walkMessages(page, product, watched);
  await test.step('every tab of every node', async () => {
    for (const place of ['source', 'step', 'bell', 'show', 'note']) {
      await nodeOf(page, place).click({ position: { x: 40, y: 12 } });
      const tabs = page.getByRole('tablist', { name: /^Panel of/ }).getByRole('tab');
      await expect(tabs.first()).toBeVisible();
      for (const tab of await tabs.all()) {
        await tab.click();
        await watched.expectHarmless(`${place}, ${await tab.textContent()}`);
      }
    }
  });
  await walkDraft(page, product, watched, flow);
}

function nodeOf(page: Page, place: string) {
  return page.locator('.react-flow__node', { hasText: `${place} <img` }).first();
}

async function publish({ mqttUrl }: Product, ...payloads: readonly object[]): Promise<void> {
  const outside = await connectOutside(mqttUrl);
  for (const payload of payloads) await outside.publish(`devices/${DEVICE}/telemetry`, payload);
  await outside.end();
}

/** What comes over the wires: messages, those that failed, and a trace. */
async function walkMessages(page: Page, product: Product, watched: Watched): Promise<void> {
  const good = { [evilPart('key')]: evil('value') };
  await test.step('what comes over the wires', async () => {
    await expect(async () => {
      await publish(product, good, { fails: evil('thrown') });
      await expect(page.getByRole('listbox').getByRole('option').first()).toBeVisible({ timeout: 1_000 });
    }).toPass();
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
    await expect(page.getByText('Waiting for the next message')).toBeVisible();
    const trace = page.getByRole('article', { name: 'Trace' });
    // The runner takes a moment to hear of it: the device goes on reporting meanwhile.
    await expect(async () => {
      await publish(product, good);
      await expect(trace).toBeVisible({ timeout: 2_000 });
    }).toPass();
    await expect(trace).toContainText('step <img');
    await watched.expectHarmless('a trace');
  });
}

/** A draft with a type of node that nobody knows, and the list of versions. */
async function walkDraft(page: Page, product: Product, watched: Watched, flow: string): Promise<void> {
  await test.step('versions, and an unknown type', async () => {
    const { body } = await call(page, product, 'GET', `/api/flows/${flow}`);
    const draft = { ...(body.flow as object), nodes: EVIL_FLOW.nodes };
    await ok(page, product, 'PUT', `/api/flows/${flow}`, { revision: body.revision, flow: draft });
    await page.goto(`${product.url}/flows/${flow}`);
    await page.keyboard.press('Escape');
    await nodeOf(page, 'unknown').click({ position: { x: 40, y: 12 } });
    await expect(page.locator('body')).toContainText(evilPart('type'));
    await watched.expectHarmless('an unknown type');
    await page.getByRole('button', { name: 'Flow menu' }).click();
    await page.getByRole('menuitem', { name: /Versions/ }).click();
    await expectShown(page, 'reason');
    await watched.expectHarmless('versions');
  });
}
