import { createFlow, deployFlow, FREEZER_ALERT, node, stopFlow, wire } from '../flows.ts';
import { connectOutside, expect, expectAccessible, signIn, test } from '../test.ts';

const SHOW = {
  nodes: [node('in', 'device-input', 0, {}, 'Sensors'), node('show', 'debug', 264, {}, 'Show')],
  wires: [wire('in.out > show.in')],
};

test('messages show in the panel: searched, looked into, sent again', async ({
  home: page,
  product,
  outside,
}) => {
  const id = await createFlow(page, product, 'Messages', SHOW);
  await deployFlow(page, product, id);
  await page.goto(`${product.url}/flows/${id}`);
  await expect(page.getByText(/Running/).first()).toBeVisible();
  const list = page.getByRole('listbox', { name: /Messages/ });
  // The page watches when it is drawn: another device goes on reporting until then.
  await expect(async () => {
    await outside.publish('devices/oven/telemetry', { temperature: 20 });
    await expect(list.getByRole('option').first()).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await outside.publish('devices/kettle/telemetry', { temperature: 91.5, lid: 'shut' });
  await outside.publish('devices/fridge/telemetry', { temperature: 4 });
  await expect(list.getByRole('option', { name: /fridge/ })).toHaveCount(1);
  await page.getByRole('searchbox', { name: 'Search messages' }).fill('kettle');
  await expect(list.getByRole('option')).toHaveCount(1);
  await list.getByRole('option').first().click();
  await expect(page.getByRole('treegrid').getByText('“shut”')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Replay' }).click();
  await expect(list.getByRole('option')).toHaveCount(2);
});

test('a message sent by hand goes through the flow', async ({ home: page, product }) => {
  const id = await createFlow(page, product, 'By hand', SHOW);
  await deployFlow(page, product, id);
  await page.goto(`${product.url}/flows/${id}`);
  await page.locator('.react-flow__node', { hasText: 'Sensors' }).click();
  await page.getByRole('tab', { name: 'Test' }).click();
  await page.getByText('Send for real').click();
  await page.getByLabel('Payload').fill('{ "temperature": 77 }');
  await page.getByRole('button', { name: 'Send message' }).click();
  await expect(page.getByRole('listbox', { name: /Messages/ }).getByText('temperature 77')).toBeVisible();
  await page.getByRole('tab', { name: 'Data' }).click();
  await expect(page.getByRole('treegrid').getByText('77', { exact: true })).toBeVisible();
});

test('an endless loop in a function node leaves everything else running', async ({
  home: page,
  product,
  outside,
}) => {
  await outside.subscribe('alerts/#');
  const good = await createFlow(page, product, 'Good', FREEZER_ALERT);
  const bad = await createFlow(page, product, 'Endless', {
    nodes: [
      node('in', 'device-input', 0, {}, 'Sensors'),
      node('code', 'function', 264, { code: 'while (true) {}' }, 'Endless'),
      node('show', 'debug', 528, {}, 'Show'),
    ],
    wires: [wire('in.out > code.in'), wire('code.out > show.in')],
  });
  await deployFlow(page, product, good);
  await deployFlow(page, product, bad);
  await page.goto(`${product.url}/flows/${bad}`);
  await outside.publish('devices/f1/telemetry', { temperature: -3 });
  await expect(
    page
      .getByRole('listbox', { name: /Messages/ })
      .getByText(/500 ms|too long/i)
      .first(),
  ).toBeVisible({ timeout: 30_000 });
  expect(JSON.parse((await outside.receive('alerts/f1')).text)).toEqual({ temperature: -3 });
  await page.getByRole('tab', { name: 'Failed messages' }).click();
  await expect(page.getByRole('button', { name: /^Replay 1 message that failed at Endless/ })).toBeVisible();
  await page.getByRole('button', { name: 'Drop all' }).click();
  await page.getByRole('button', { name: 'Drop 1 message', exact: true }).click();
  await expect(page.getByText('No message has failed')).toBeVisible();
  // Else it takes the messages of the tests that come after this one, and half a second of a core for each.
  await stopFlow(page, product, bad);
});

test('a server that restarts under an open page is waited for, and nothing is lost', async ({
  page,
  start,
}) => {
  const first = await start({ folder: test.info().outputPath('data') });
  await signIn(page, first);
  const id = await createFlow(page, first, 'Restart', FREEZER_ALERT);
  await deployFlow(page, first, id);
  await page.goto(`${first.url}/flows/${id}`);
  await expect(page.getByText(/Running/).first()).toBeVisible();
  await first.kill();
  await page.getByLabel('Name of the flow').fill('Named while away');
  await page.getByLabel('Name of the flow').press('Enter');
  await expect(page.getByText('Sluice does not answer', { exact: false }).first()).toBeVisible();

  const second = await start({
    folder: first.folder,
    httpPort: first.httpPort,
    mqttPort: first.mqttPort,
  });
  await expect(page.getByText('Saved').first()).toBeVisible({ timeout: 40_000 });
  const outside = await connectOutside(second.mqttUrl);
  await outside.subscribe('alerts/#');
  await outside.publish('devices/f2/telemetry', { temperature: -2 });
  expect(JSON.parse((await outside.receive('alerts/f2')).text)).toEqual({ temperature: -2 });
  // The page takes a moment to watch again: the device goes on reporting meanwhile.
  await expect(async () => {
    await outside.publish('devices/f2/telemetry', { temperature: -2 });
    await expect(page.locator('.react-flow__node', { hasText: 'Freezers' })).toContainText('−2 °C', {
      timeout: 1_000,
    });
  }).toPass();
  const answer = await page.request.get(`${second.url}/api/flows/${id}`);
  expect(((await answer.json()) as { name: string }).name).toBe('Named while away');
  await outside.end();
});
