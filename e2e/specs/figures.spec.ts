import type { Page } from '@playwright/test';
import { createFlow, deployFlow, FREEZER_ALERT, node, wire } from '../flows.ts';
import type { Product } from '../product.ts';
import { connectOutside, expect, expectAccessible, signIn, test } from '../test.ts';

// What an operator sees of a product at work: the Health page, limits, and safe mode.

async function openHealth(page: Page, product: Product): Promise<void> {
  await page.goto(`${product.url}/health`);
  await expect(page.getByRole('heading', { name: 'Processes' })).toBeVisible();
}

test('the Health page shows what a flow does, node by node, and what the processes take', async ({
  page,
  start,
}) => {
  // A product of its own: the page shows what every flow has done.
  const product = await start();
  const outside = await connectOutside(product.mqttUrl);
  await signIn(page, product);
  await openHealth(page, product);
  await expect(page.getByText('No flow is deployed')).toBeVisible();
  await expect(page.getByText('Nothing waits: every target takes what is sent to it.')).toBeVisible();

  const good = await createFlow(page, product, 'Freezer too warm', FREEZER_ALERT);
  const failing = await createFlow(page, product, 'Always wrong', {
    nodes: [
      node('in', 'device-input', 0, {}, 'Sensors'),
      node('code', 'function', 264, { code: 'throw new Error("No.")' }, 'Broken step'),
    ],
    wires: [wire('in.out > code.in')],
  });
  await deployFlow(page, product, good);
  await deployFlow(page, product, failing);
  // All of it before the page is looked at again: it asks every five seconds, and the runner tells as often.
  for (let temperature = 0; temperature < 20; temperature++) {
    await outside.publish('devices/f1/telemetry', { temperature });
  }
  await outside.end();
  const table = page.getByRole('table', { name: 'Flows' });
  const row = table.getByRole('row', { name: /Always wrong/ });
  await expect(row.getByRole('cell', { name: '20', exact: true })).toBeVisible();
  await table.getByRole('button', { name: 'Failed' }).click();
  await expect(table.getByRole('row').nth(1)).toContainText('Always wrong');
  await expect(page.getByRole('heading', { name: 'Runner' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Sandbox' })).toBeVisible();
  await expectAccessible(page);

  await row.getByRole('button', { name: 'Always wrong' }).click();
  const panel = page.getByRole('dialog', { name: 'Always wrong' });
  await expect(panel.getByRole('listitem').filter({ hasText: 'Broken step' })).toContainText(
    '20 failed, 20 kept as failed messages',
  );
  await expect(panel.getByRole('listitem').filter({ hasText: 'Sensors' })).toContainText('20 out');
  await expectAccessible(page);
  await panel.getByRole('link', { name: 'Open the flow' }).click();
  await expect(page.getByLabel('Name of the flow')).toHaveValue('Always wrong');

  const metrics = await (await page.request.get(`${product.url}/metrics`)).text();
  expect(metrics).toMatch(new RegExp(`^sluice_node_dead_letters_total\\{.*flow="${failing}".*\\} 20$`, 'm'));
  expect(metrics).toMatch(/^sluice_process_cpu_seconds_total\{workspace="main",role="runner"\} [\d.]+$/m);
});

test('a limit that is lowered under Settings refuses the next flow with the reason', async ({
  home: page,
  product,
}) => {
  await createFlow(page, product, 'The first one', { nodes: [], wires: [] });
  const count = ((await (await page.request.get(`${product.url}/api/flows`)).json()) as unknown[]).length;
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  const flows = page.getByRole('textbox', { name: 'Flows', exact: true });
  await flows.fill('0');
  await page.getByRole('button', { name: 'Save limits' }).click();
  await expect(page.getByText('Flows: a whole number, between 1 and 100,000.')).toBeVisible();
  await flows.fill(String(count));
  await page.getByRole('button', { name: 'Save limits' }).click();
  await expect(page.getByText('The limits are saved')).toBeVisible();
  await expectAccessible(page);

  await page.goto(product.url);
  await page.getByRole('button', { name: 'New flow' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill('One too many');
  await page.getByRole('button', { name: 'Make flow' }).click();
  await expect(
    page.getByText(/may have \d+ flows?\. Delete one .* or raise the limit under Settings\./),
  ).toBeVisible();
  await page.goto(`${product.url}/settings`);
  await page.getByRole('textbox', { name: 'Flows', exact: true }).fill('2000');
  await page.getByRole('button', { name: 'Save limits' }).click();
  await expect(page.getByText('The limits are saved')).toBeVisible();
});

test('safe mode holds every flow, says so on each page, and lets a person start one', async ({
  page,
  start,
}) => {
  const first = await start({ folder: test.info().outputPath('data') });
  await signIn(page, first);
  const id = await createFlow(page, first, 'Freezer too warm', FREEZER_ALERT);
  await deployFlow(page, first, id);
  await first.stop();
  const safe = await start({ folder: first.folder, safe: true });
  // The session is still good: it is the same data folder.
  await page.goto(safe.url);
  await expect(page.getByText('Safe mode.')).toBeVisible();
  await expect(page.getByText('Started in safe mode; start it when you have looked at it.')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Start Freezer too warm' }).click();
  await expect(page.getByRole('button', { name: 'Stop Freezer too warm' })).toBeVisible();
});
