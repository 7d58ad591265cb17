import type { Page } from '@playwright/test';
import { expect, expectAccessible, test } from '../test.ts';

// The main job by mouse: draw the freezer alert, set it up, deploy it; a device outside gets too warm; the alert is on MQTT and on the screen.

async function addAfter(page: Page, nodeName: string, port: string, type: string): Promise<void> {
  const card = page.locator('.react-flow__node', { hasText: nodeName });
  await card.hover();
  await card.getByRole('button', { name: `Add a node after ${port}`, includeHidden: true }).click();
  await page.getByPlaceholder('Add a node…').fill(type);
  await page
    .getByRole('option', { name: new RegExp(`^${type}`) })
    .first()
    .click();
}

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('button', { name: label }).first().click();
  await page.getByRole('option', { name: option }).first().click();
}

test('draw, set up and deploy a freezer alert by mouse, and see it fire', async ({ home: page, outside }) => {
  await outside.subscribe('alerts/#');
  await page.getByRole('button', { name: 'New flow' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill('Freezer too warm');
  await page.getByRole('button', { name: 'Make flow' }).click();

  await page.getByRole('searchbox', { name: 'Search nodes' }).fill('sensor');
  await page
    .getByRole('button', { name: /^Devices/ })
    .dragTo(page.locator('.react-flow__pane'), { targetPosition: { x: 60, y: 120 } });
  await expect(page.locator('.react-flow__node')).toHaveCount(1);

  await addAfter(page, 'Devices', 'Out', 'Threshold');
  await page.getByRole('combobox', { name: 'Value', exact: true }).fill('payload.temperature');
  await page.keyboard.press('Tab');
  await page.getByRole('textbox', { name: 'Limit', exact: true }).fill('-15');
  await choose(page, 'Send', 'changes only');
  await page.getByRole('textbox', { name: 'Raise after', exact: true }).fill('1');
  await page.getByRole('textbox', { name: 'Raise after', exact: true }).press('Tab');

  await addAfter(page, 'Threshold', 'Raised', 'Alarm');
  await addAfter(page, 'Alarm', 'Out', 'Change');
  await page.getByRole('button', { name: 'Add a field' }).first().click();
  await page.getByRole('group', { name: 'field 1' }).getByRole('combobox').first().fill('topic');
  await page.keyboard.press('Tab');
  await choose(page, 'How “To” is given', 'Text with fields');
  await page.getByPlaceholder('alerts/{{device}}').fill('alerts/{{device}}');
  await addAfter(page, 'Change', 'Out', 'MQTT out');
  await choose(page, 'Broker', 'Built-in MQTT broker');

  await expectAccessible(page);
  await page.getByRole('button', { name: 'Deploy' }).click();
  await expect(page.getByText(/Running/).first()).toBeVisible();

  await page.getByRole('button', { name: 'Show all nodes' }).click();
  await outside.publish('devices/freezer-7/telemetry', { temperature: -9.5 });
  const alert = await outside.receive('alerts/freezer-7');
  expect(JSON.parse(alert.text)).toMatchObject({ temperature: -9.5 });
  await expect(page.locator('.react-flow__node', { hasText: 'Devices' })).toContainText(/9\.5/);
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Back to all flows' }).click();
  await expect(page.getByText(/freezer-7 needs attention/).first()).toBeVisible();
});
