import type { Page } from '@playwright/test';
import { expect, test } from '../test.ts';

// The main job without a mouse: everything by keys.

async function add(page: Page, type: string): Promise<void> {
  await page.keyboard.press('/');
  await expect(page.getByPlaceholder('Add a node…')).toBeFocused();
  await page.keyboard.type(type);
  await expect(page.getByRole('option').first()).toContainText(type);
  await page.keyboard.press('Enter');
}

/** Goes on by Tab until the control has the focus. */
async function tabTo(
  page: Page,
  name: string | RegExp,
  role: 'textbox' | 'combobox' | 'button',
): Promise<void> {
  const control = page.getByRole(role, { name, exact: typeof name === 'string' }).first();
  for (let presses = 0; presses < 80; presses++) {
    if (await control.evaluate((element) => element === element.ownerDocument.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  await expect(control).toBeFocused();
}

/** Back to the canvas, so that the keys of the canvas work. */
async function toCanvas(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+f');
  const search = page.getByPlaceholder('Find in names, sentences and settings…');
  await expect(search).toBeFocused();
  await page.keyboard.type(name);
  await expect(page.getByRole('option').first()).toContainText(name);
  await page.keyboard.press('Enter');
  await expect(search).toHaveCount(0);
}

test('draw, set up and deploy an alert by keyboard alone', async ({ home: page, outside }) => {
  await outside.subscribe('by-keys');
  await tabTo(page, 'New flow', 'button');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
  await page.keyboard.type('Drawn by keys');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Name of the flow')).toHaveValue('Drawn by keys');

  await add(page, 'Devices');
  await expect(page.locator('.react-flow__node')).toHaveCount(1);
  await toCanvas(page, 'Devices');
  await add(page, 'Threshold');
  await expect(page.locator('.react-flow__edge')).toHaveCount(1);
  await tabTo(page, 'Value', 'combobox');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('payload.temperature');
  await page.keyboard.press('Tab');
  await tabTo(page, 'Limit', 'textbox');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('30');
  await page.keyboard.press('Tab');

  await toCanvas(page, 'Threshold');
  await add(page, 'MQTT out');
  await tabTo(page, /Broker/, 'button');
  await page.keyboard.press('Enter');
  const broker = page.getByRole('option', { name: 'Built-in MQTT broker' });
  await expect(broker).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(broker).toHaveCount(0);
  await tabTo(page, 'Topic (optional)', 'textbox');
  await page.keyboard.type('by-keys');

  await toCanvas(page, 'MQTT out');
  const x = async () =>
    (await page.locator('.react-flow__node', { hasText: 'MQTT out' }).boundingBox())?.x ?? 0;
  const before = await x();
  await page.keyboard.press('Alt+ArrowRight');
  await expect.poll(x).toBeGreaterThan(before);

  await page.keyboard.press('Control+Enter');
  await expect(page.getByText(/Running/).first()).toBeVisible();
  await outside.publish('devices/oven/telemetry', { temperature: 31 });
  expect(JSON.parse((await outside.receive('by-keys')).text)).toEqual({ temperature: 31 });
});
