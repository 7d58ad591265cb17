import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Page } from '@playwright/test';
import type { Product } from '../product.ts';
import { ACCOUNT } from '../product.ts';
import { expect, expectAccessible, signIn, test } from '../test.ts';

// The audit log as an admin reads it.

/** A device that a spreadsheet would take for a formula. */
const FORMULA = '=SUM(1,2)';

async function addDevice(page: Page, product: Product, id: string, name = id): Promise<void> {
  const answer = await page.request.post(`${product.url}/api/devices`, { data: { id, name } });
  expect(answer.status(), await answer.text()).toBe(200);
}

async function openAudit(page: Page, product: Product): Promise<void> {
  await page.goto(`${product.url}/settings`);
  await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Audit' }).click();
  await expect(page.getByRole('heading', { name: 'Audit', level: 1 })).toBeVisible();
}

/** The records of the file that the page exports. */
async function exported(page: Page, format: string): Promise<string> {
  await page.getByRole('button', { name: 'Export' }).click();
  const saving = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: format }).click();
  return readFile(await (await saving).path(), 'utf8');
}

test('what was just done is in the audit log, which is searched, checked and exported without formulas', async ({
  page,
  start,
}) => {
  const product = await start();
  await signIn(page, product);
  await addDevice(page, product, FORMULA, 'The first device');
  await openAudit(page, product);
  const table = page.getByRole('table', { name: 'Audit log' });
  const newest = table.getByRole('row').nth(1);
  await expect(newest).toContainText('Added a device');
  await expect(newest).toContainText('The first device');
  await expect(newest).toContainText(ACCOUNT.email);
  await expect(newest).toContainText('127.0.0.1');
  await expectAccessible(page);

  await newest.getByRole('button', { name: 'Added a device' }).click();
  const panel = page.getByRole('dialog', { name: 'Added a device' });
  await expect(panel).toContainText('device.create');
  await expect(panel).toContainText(FORMULA);
  await expectAccessible(page);
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Check the chain' }).click();
  await expect(page.getByText(/^The chain is whole: all \d+ entries were looked at/)).toBeVisible();

  await page.getByRole('combobox', { name: 'What' }).fill('added a d');
  await page.getByRole('option', { name: 'Added a device' }).click();
  await expect(table.getByRole('row')).toHaveCount(2);
  const [head, record, ...others] = (await exported(page, 'CSV, for a spreadsheet')).trimEnd().split('\r\n');
  expect(head).toBe('id,at,who,address,what,subject,details,hash');
  expect(record).toContain(`device.create,"'${FORMULA}",`);
  expect(others).toEqual([]);
  const lines = (await exported(page, 'NDJSON, for programs')).trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { what: string }).what)).toEqual(['device.create']);

  await page.getByRole('combobox', { name: 'Who' }).fill('nobody@example.org');
  await page.getByRole('combobox', { name: 'Who' }).press('Tab');
  await expect(page.getByText('Nothing in the log fits.')).toBeVisible();
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(table).toContainText('Signed in');
  await page.getByLabel('From', { exact: true }).fill('2030-01-02');
  await expect(page.getByText('Nothing in the log fits.')).toBeVisible();
  await page.getByLabel('Until', { exact: true }).fill('2030-01-01');
  await expect(page.getByText('The last day is before the first one.')).toBeVisible();
  await expectAccessible(page);
});

test('older entries come while one scrolls, on a phone as well', async ({ page, start }) => {
  const product = await start();
  await signIn(page, product);
  for (let number = 1; number <= 450; number++) await addDevice(page, product, `sensor-${number}`);
  await page.setViewportSize({ width: 390, height: 800 });
  await openAudit(page, product);
  const table = page.getByRole('table', { name: 'Audit log' });
  await expect(table).toContainText('sensor-450');
  await expect(page.getByText('The newest 200 entries; older ones come as you scroll.')).toBeVisible();
  await expectAccessible(page);
  const toTheEnd = () =>
    page.locator('main').evaluate((main) => {
      main.scrollTop = main.scrollHeight;
    });
  await expect(async () => {
    await toTheEnd();
    await expect(page.getByText(/that is all\.$/)).toBeVisible({ timeout: 500 });
  }).toPass();
  await toTheEnd();
  await expect(table.getByRole('button', { name: 'Signed in' })).toBeVisible();
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
});

/** Changes an entry in the database itself, which refuses that as long as its triggers are there. */
function tamper(folder: string): number {
  const database = new DatabaseSync(join(folder, 'sluice.db'));
  const triggers = database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'")
    .all();
  for (const { name } of triggers) database.exec(`DROP TRIGGER "${String(name)}"`);
  const changed = database
    .prepare("UPDATE audit SET who = 'somebody else' WHERE what = 'device.create' RETURNING id")
    .all();
  database.close();
  return Number(changed[0]?.['id']);
}

test('a log that was changed outside of Sluice is told, with the entry', async ({ page, start }) => {
  const first = await start({ folder: test.info().outputPath('data') });
  await signIn(page, first);
  await addDevice(page, first, 'freezer-1');
  await first.stop();
  const id = tamper(first.folder);
  const product = await start({ folder: first.folder });
  // The session is still good: it is the same data folder.
  await openAudit(page, product);
  await page.getByRole('button', { name: 'Check the chain' }).click();
  await expect(page.getByText(`The chain is broken at entry ${id}:`)).toBeVisible();
  await expectAccessible(page);
});
