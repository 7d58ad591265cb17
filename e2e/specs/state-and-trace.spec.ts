import type { Page } from '@playwright/test';
import { createFlow, deployFlow, node, wire } from '../flows.ts';
import { callApi } from '../guests.ts';
import type { Product } from '../product.ts';
import { expect, expectAccessible, test } from '../test.ts';

// What runs on while people work on a flow: state and timers, what waits for a target, and the way of one message.

const SLOW_ALERT = {
  nodes: [
    node('in', 'device-input', 0, {}, 'Freezers'),
    node(
      'warm',
      'threshold',
      264,
      { value: 'payload.temperature', limit: -15, mode: 'change', raiseAfter: '10m', unit: '°C' },
      'Too warm',
    ),
    node('show', 'debug', 528, {}, 'Show'),
  ],
  wires: [wire('in.out > warm.in'), wire('warm.raised > show.in')],
};

async function openRunning(page: Page, product: Product, name: string, parts: typeof SLOW_ALERT) {
  const id = await createFlow(page, product, name, parts);
  await deployFlow(page, product, id);
  await page.goto(`${product.url}/flows/${id}`);
  await expect(page.getByText(/Running/).first()).toBeVisible();
  return id;
}

function nodeOf(page: Page, name: string) {
  return page.locator('.react-flow__node', { hasText: name });
}

async function openTab(page: Page, nodeName: string, tab: string): Promise<void> {
  await nodeOf(page, nodeName).click();
  await page.getByRole('tab', { name: tab, exact: true }).click();
}

async function setLimit(page: Page, limit: string): Promise<void> {
  await openTab(page, 'Too warm', 'Set up');
  await page.getByRole('textbox', { name: 'Limit', exact: true }).fill(limit);
  await page.getByRole('textbox', { name: 'Limit', exact: true }).press('Tab');
}

test('a running timer is seen, kept over a deploy, and reset by one that says so', async ({
  home: page,
  product,
  outside,
}) => {
  await openRunning(page, product, 'Slow alert', SLOW_ALERT);
  await openTab(page, 'Too warm', 'Data');
  const kept = page.getByRole('region', { name: 'What it keeps' });
  await expect(kept.getByText('Nothing kept yet')).toBeVisible();
  await outside.publish('devices/freezer-1/telemetry', { temperature: -9 });
  await expect(kept.getByText('freezer-1')).toBeVisible();
  const timer = kept.getByText(/timer due in (10|9) min/);
  await expect(timer).toBeVisible();
  const due = await kept.locator('[title^="Timer"]').getAttribute('title');
  await expectAccessible(page);

  await setLimit(page, '-14');
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Deploy' });
  await expect(dialog.getByText('1 timer is running at “Too warm”')).toBeVisible();
  await expect(dialog.getByRole('radio', { name: 'Keep' })).toBeChecked();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Deploy', exact: true }).click();
  await expect(page.getByText('Running v2').first()).toBeVisible();
  await openTab(page, 'Too warm', 'Data');
  await expect(timer).toBeVisible();
  expect(await kept.locator('[title^="Timer"]').getAttribute('title')).toBe(due);

  await setLimit(page, '-13');
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await dialog.getByText('Reset', { exact: true }).click();
  await dialog.getByRole('button', { name: 'Deploy', exact: true }).click();
  await expect(page.getByText('Running v3').first()).toBeVisible();
  await openTab(page, 'Too warm', 'Data');
  await expect(kept.getByText('Nothing kept yet')).toBeVisible();
});

test('what a node keeps is searched, changed and forgotten', async ({ home: page, product }) => {
  const id = await openRunning(page, product, 'Kept', SLOW_ALERT);
  for (const device of ['freezer-1', 'freezer-2', 'cold/room 7']) {
    const answer = await page.request.put(
      `${product.url}/api/flows/${id}/nodes/warm/state/${encodeURIComponent(device)}`,
      { data: { state: { raised: true, pending: null } }, headers: { origin: product.url } },
    );
    expect(answer.status()).toBe(200);
  }
  await openTab(page, 'Too warm', 'Data');
  const kept = page.getByRole('region', { name: 'What it keeps' });
  await expect(kept.getByRole('listitem')).toHaveCount(3);
  await kept.getByRole('searchbox').fill('FREEZER');
  await expect(kept.getByRole('listitem')).toHaveCount(2);

  await kept.getByRole('button', { name: 'Change what is kept for freezer-2' }).click();
  const editor = page.getByRole('dialog').getByRole('textbox', { name: 'Value' });
  await editor.fill('{ "raised": ');
  await expect(page.getByText(/This is not JSON yet/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Change', exact: true })).toBeDisabled();
  await expectAccessible(page);
  await editor.fill('{ "raised": false, "pending": null }');
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await expect(kept.getByText('raised no · pending none')).toBeVisible();

  await kept.getByRole('button', { name: 'Forget what is kept for freezer-2' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Forget' }).click();
  await expect(kept.getByRole('listitem')).toHaveCount(1);
  await kept.getByRole('searchbox').fill('');
  await kept.getByRole('button', { name: 'Forget all', exact: true }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Forget 2 keys' }).click();
  await expect(kept.getByText('Nothing kept yet')).toBeVisible();
});

test('what a node keeps is shown and changed while the flow is stopped, and the next start goes on with it', async ({
  home: page,
  product,
  outside,
}) => {
  const id = await openRunning(page, product, 'Stopped', SLOW_ALERT);
  await openTab(page, 'Too warm', 'Data');
  const kept = page.getByRole('region', { name: 'What it keeps' });
  await expect(kept.getByText('Nothing kept yet')).toBeVisible();
  await outside.publish('devices/freezer-1/telemetry', { temperature: -9 });
  await outside.publish('devices/freezer-2/telemetry', { temperature: -9 });
  await expect(kept.getByRole('listitem')).toHaveCount(2);
  const change = (what: 'stop' | 'start') => callApi(page, product, 'post', `/api/deployments/${id}/${what}`);
  await change('stop');
  await expect(kept.getByText('The flow is stopped; this is what it will go on with.')).toBeVisible();
  await expect(kept.getByText(/timer due in (10|9) min/)).toHaveCount(2);
  await expectAccessible(page);
  await kept.getByRole('button', { name: 'Forget what is kept for freezer-2' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Forget' }).click();
  await expect(kept.getByRole('listitem')).toHaveCount(1);
  await change('start');
  await expect(kept.getByText('The flow is stopped', { exact: false })).toBeHidden();
  await expect(kept.getByText('freezer-1')).toBeVisible();
  await expect(kept.getByRole('listitem')).toHaveCount(1);
});

test('a trace shows the way of one message, and where it stopped', async ({
  home: page,
  product,
  outside,
}) => {
  await openRunning(page, product, 'Traced', SLOW_ALERT);
  await page.getByRole('tab', { name: 'Trace' }).click();
  await page.getByRole('textbox', { name: 'Device to trace' }).fill('freezer-1');
  await page.getByRole('button', { name: 'Trace next message' }).click();
  await expect(page.getByText('Waiting for the next message')).toBeVisible();
  await outside.publish('devices/oven/telemetry', { temperature: 180 });
  await outside.publish('devices/freezer-1/telemetry', { temperature: -20 });
  const trace = page.getByRole('article', { name: 'Trace' });
  await expect(trace.getByRole('status')).toContainText('Stopped at “Too warm”');
  await expect(trace.getByText('freezer-1', { exact: false }).first()).toBeVisible();
  const steps = trace.getByRole('list', { name: 'Steps of the message' });
  await expect(steps.getByRole('button', { name: /Freezers.*passed on/ })).toBeVisible();
  await steps.getByRole('button', { name: /Too warm.*nothing came out/ }).click();
  await expect(trace.getByRole('row', { name: /payload.temperature/ })).toContainText('-20');
  await expect(nodeOf(page, 'Freezers').locator('.is-trace-lit')).toHaveCount(1);
  await expect(nodeOf(page, 'Too warm').locator('.is-trace-end')).toHaveCount(1);
  await expect(nodeOf(page, 'Show').locator('.is-trace-dim')).toHaveCount(1);
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Close the trace' }).click();
  await expect(page.locator('.is-trace-dim')).toHaveCount(0);
  await page.reload();
  const last = page.getByRole('list', { name: 'Last traces' });
  await expect(last.getByRole('button', { name: /^freezer-1/ }).first()).toBeVisible();
});

test('what waits for a target that is away is seen at its node, and can be dropped', async ({
  home: page,
  product,
  outside,
}) => {
  const made = await page.request.post(`${product.url}/api/connections`, {
    data: { name: 'Plant', type: 'mqtt', config: { url: 'mqtt://127.0.0.1:1' }, secrets: {} },
    headers: { origin: product.url },
  });
  expect(made.ok(), await made.text()).toBe(true);
  const { id: connection } = (await made.json()) as { id: string };
  await openRunning(page, product, 'Away', {
    nodes: [
      node('in', 'device-input', 0, {}, 'Sensors'),
      node('out', 'mqtt-out', 264, { connection, qos: 1 }, 'To the plant'),
    ],
    wires: [wire('in.out > out.in')],
  });
  for (let count = 0; count < 3; count += 1)
    await outside.publish('devices/f1/telemetry', { temperature: count });
  await expect(nodeOf(page, 'To the plant').getByText(/Away · 3 wait/)).toBeVisible({ timeout: 40_000 });
  await openTab(page, 'To the plant', 'Data');
  const waiting = page.getByRole('region', { name: 'What waits to be sent' });
  await expect(waiting.getByText(/The oldest came/)).toBeVisible();
  await expectAccessible(page);
  await waiting.getByRole('button', { name: 'Drop what waits' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Drop 3 messages' }).click();
  await expect(nodeOf(page, 'To the plant').getByText(/wait/)).toHaveCount(0);
});
