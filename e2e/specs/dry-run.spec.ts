import type { Page } from '@playwright/test';
import { createFlow, deployFlow, FREEZER_ALERT, node } from '../flows.ts';
import { expect, expectAccessible, test } from '../test.ts';

// A newcomer tries an alert that is raised after ten minutes without waiting for them, keeps that as a scenario, breaks
// the limit, and hears of it before it is deployed.

const PATIENT = {
  ...FREEZER_ALERT,
  nodes: FREEZER_ALERT.nodes.map((one) =>
    'id' in one && one.id === 'warm'
      ? node(
          'warm',
          'threshold',
          264,
          { value: 'payload.temperature', limit: -15, mode: 'change', raiseAfter: '10m', unit: '°C' },
          'Too warm',
        )
      : one,
  ),
};

async function openTest(page: Page, name: string): Promise<void> {
  await page.locator('.react-flow__node', { hasText: name }).click();
  await page.getByRole('tab', { name: 'Test' }).click();
}

test('an alert “for 10 min” is tried in a moment, kept as a scenario, and guards the next deploy', async ({
  home: page,
  product,
  outside,
}) => {
  await outside.subscribe('alerts/patient-1');
  const id = await createFlow(page, product, 'Patient alert', PATIENT);
  await page.goto(`${product.url}/flows/${id}`);

  await openTest(page, 'Too warm');
  await page.getByRole('button', { name: 'Add a message' }).click();
  await page.getByLabel('Payload').fill('{ "temperature": -3 }');
  await page.getByRole('textbox', { name: 'Device' }).fill('patient-1');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const effects = page.getByRole('region', { name: 'What it would do' });
  await expect(effects).toContainText('Nothing');
  // The panel scrolls, and the page around it does not.
  expect(await page.evaluate('document.documentElement.scrollHeight - window.innerHeight')).toBe(0);

  await page.getByText('10 min', { exact: true }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(effects).toContainText('Would publish 18 bytes to alerts/patient-1, QoS 1');
  await expect(effects).toContainText('+10 min');
  const steps = page.getByRole('region', { name: 'In and out of Too warm' });
  await expect(steps).toContainText('A timer ran out.');
  await expect(steps).toContainText('raised');
  await expectAccessible(page);

  await page.getByLabel('Name of the scenario').fill('Warm for ten minutes');
  await page.getByRole('button', { name: 'Keep', exact: true }).click();
  const scenarios = page.getByRole('region', { name: 'Scenarios' });
  await expect(scenarios).toContainText('Warm for ten minutes');
  await page.getByRole('button', { name: 'Run all' }).click();
  await expect(scenarios).toContainText('Passes');

  await page.getByRole('button', { name: 'Deploy' }).click();
  await expect(page.getByText(/Running/).first()).toBeVisible();

  await page.getByRole('tab', { name: 'Set up' }).click();
  await page.getByRole('textbox', { name: 'Limit', exact: true }).fill('0');
  await page.getByRole('textbox', { name: 'Limit', exact: true }).press('Tab');
  await page.getByRole('button', { name: 'Deploy' }).click();
  const dialog = page.getByRole('dialog', { name: 'Deploy' });
  await expect(dialog).toContainText('1 of 1 scenario fails');
  await expect(dialog).toContainText(
    'Tell, message 1: nothing came, and {"temperature":-3} on alerts/patient-1 was expected.',
  );
  const deploy = dialog.getByRole('button', { name: 'Deploy', exact: true });
  await expect(deploy).toBeDisabled();
  await expectAccessible(page);
  await dialog.getByText('Deploy all the same').click();
  await deploy.click();
  await expect(page.getByText(/Running v2/).first()).toBeVisible();

  // None of it has left Sluice.
  expect(outside.received).toEqual([]);
});

test('“run to here” shows in and out of a node although what is behind is not set up', async ({
  home: page,
  product,
}) => {
  const half = {
    nodes: PATIENT.nodes.map((one) => ('id' in one && one.id === 'out' ? node('out', 'mqtt-out', 792) : one)),
    wires: PATIENT.wires,
  };
  const id = await createFlow(page, product, 'Half done', half);
  await page.goto(`${product.url}/flows/${id}`);
  await openTest(page, 'Too warm');
  await page.getByRole('button', { name: 'Add a message' }).click();
  await page.getByLabel('Payload').fill('{ "temperature": "warm" }');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('Broker');
  await page.getByRole('button', { name: 'Run to here' }).click();
  await expect(page.getByRole('region', { name: 'In and out of Too warm' })).toContainText(
    'payload.temperature',
  );
  await expect(page.getByRole('region', { name: 'The way through the flow' })).toContainText('1 failed');
});

test('messages that came are taken as samples of the flow as a whole', async ({
  home: page,
  product,
  outside,
}) => {
  const id = await createFlow(page, product, 'Taken', FREEZER_ALERT);
  await deployFlow(page, product, id);
  await outside.publish('devices/taken-1/telemetry', { temperature: -20 });
  await outside.publish('devices/taken-2/telemetry', { temperature: -4 });
  await page.goto(`${product.url}/flows/${id}`);
  await page.getByRole('tab', { name: 'Test' }).click();
  const samples = page.getByRole('region', { name: 'Sample messages' });
  await expect(async () => {
    await page.getByRole('button', { name: 'Take recent ones' }).click();
    await expect(samples).toContainText('taken-2', { timeout: 2_000 });
  }).toPass();
  await expect(samples).toContainText('taken-1');
  await page.getByText('1 min', { exact: true }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const effects = page.getByRole('region', { name: 'What it would do' });
  await expect(effects).toContainText('alerts/taken-2');
  await expect(effects).not.toContainText('alerts/taken-1');
  await expectAccessible(page);
});
