import { createFlow, FREEZER_ALERT } from '../flows.ts';
import { callApi, joinAs } from '../guests.ts';
import { expect, expectAccessible, signIn, test } from '../test.ts';

interface Workspace {
  readonly id: string;
  readonly name: string;
}

test('a workspace is made and limited', async ({ page, start }) => {
  const product = await start();
  await signIn(page, product);
  await page.goto(`${product.url}/settings/workspaces`);
  await expect(page.getByText('One workspace for everything so far')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'New workspace' }).click();
  await page.getByRole('button', { name: 'Make workspace' }).click();
  await expect(page.getByText('Write a name, so that people find it again.')).toBeVisible();
  await page.getByLabel('Name').fill('Bakery');
  await page.getByRole('button', { name: 'Make workspace' }).click();
  const bakery = page.getByRole('listitem', { name: 'Bakery' });
  await expect(bakery).toContainText('1 person · 0 flows');
  await expectAccessible(page);

  await bakery.getByRole('button', { name: 'More for Bakery' }).click();
  await page.getByRole('menuitem', { name: 'Limits…' }).click();
  const flows = page.getByRole('textbox', { name: 'Flows', exact: true });
  await flows.fill('0');
  await page.getByRole('button', { name: 'Save limits' }).click();
  await expect(page.getByText('Flows: a whole number, between 1 and 100,000.')).toBeVisible();
  await flows.fill('1');
  await page.getByRole('button', { name: 'Save limits' }).click();
  await expect(page.getByText('The limits are saved')).toBeVisible();
  await expectAccessible(page);
  const workspaces = await callApi<Workspace[]>(page, product, 'get', '/api/workspaces');
  const { id } = workspaces.find(({ name }) => name === 'Bakery') ?? { id: '' };
  expect(await callApi(page, product, 'get', `/api/workspaces/${id}/limits`)).toMatchObject({ flows: 1 });
});

test('a workspace is gone to, sees nothing of the other, and is deleted by its name', async ({
  page,
  start,
}) => {
  const product = await start();
  await signIn(page, product);
  await createFlow(page, product, 'Only in the main one', FREEZER_ALERT);
  await callApi(page, product, 'post', '/api/workspaces', { name: 'Bakery' });
  await page.reload();
  await page.getByRole('button', { name: 'Workspace Main: choose another' }).click();
  await page.getByRole('menuitem', { name: 'Bakery' }).click();
  await expect(page.getByRole('button', { name: 'Workspace Bakery: choose another' })).toBeVisible();
  await expect(page).toHaveURL(`${product.url}/`);
  await expect(page.getByText('No flows yet')).toBeVisible();
  await expect(page.getByText('Only in the main one')).toHaveCount(0);
  await createFlow(page, product, 'Only in the bakery', FREEZER_ALERT);
  await expect(page.getByText('Only in the bakery').first()).toBeVisible();
  await page.goto(`${product.url}/settings`);
  await expect(page.getByText('Now: 1 flow, none running.', { exact: false })).toBeVisible();
  await expect(page.getByText(/\/w\/bakery-[0-9a-f]{8}\/in$/)).toBeVisible();
  await expectAccessible(page);

  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Main' }).click();
  await expect(page.getByText('Only in the main one').first()).toBeVisible();
  await expect(page.getByText('Only in the bakery')).toHaveCount(0);
  await expectAccessible(page);

  await page.goto(`${product.url}/settings/workspaces`);
  const bakery = page.getByRole('listitem', { name: 'Bakery' });
  await expect(page.getByRole('link', { name: 'Workspaces' })).toBeInViewport();
  await bakery.getByRole('button', { name: 'More for Bakery' }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await page.getByLabel('Type “Bakery” to delete it').fill('bakery');
  await page.getByRole('button', { name: 'Delete workspace' }).click();
  await expect(page.getByText('This is not its name: it is called “Bakery”.')).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('Type “Bakery” to delete it').fill('Bakery');
  await page.getByRole('button', { name: 'Delete workspace' }).click();
  await expect(bakery).toHaveCount(0);
  await expect(page.getByText('“Bakery” is deleted')).toBeVisible();
});

test('keys are made anew, and it says how many secrets were sealed', async ({ page, start }) => {
  const product = await start();
  await signIn(page, product);
  await callApi(page, product, 'post', '/api/connections', {
    name: 'Plant',
    type: 'mqtt',
    config: { url: 'mqtt://127.0.0.1:1' },
    secrets: { password: 'open sesame' },
  });
  await page.goto(`${product.url}/settings/workspaces`);
  await page.getByRole('button', { name: 'Make new keys…' }).click();
  await page.getByRole('button', { name: 'Make new keys', exact: true }).click();
  await expect(
    page.getByText(/1 workspace has a new key. \d+ secrets? (was|were) sealed anew./),
  ).toBeVisible();
});

test('how long things are kept is asked for before anything is deleted', async ({ page, start }) => {
  const product = await start();
  await signIn(page, product);
  await page.goto(`${product.url}/settings`);
  await page.getByRole('textbox', { name: 'Failed messages', exact: true }).fill('30');
  await page.getByRole('button', { name: 'Save days' }).click();
  await expect(page.getByText('All failed messages that are older than 30 days.')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Save and delete' }).click();
  await expect(page.getByText('How long things are kept is saved')).toBeVisible();
  expect(await callApi(page, product, 'get', '/api/retention')).toMatchObject({ deadLetterDays: 30 });
});

test('a page of one workspace writes nothing into another that was chosen in another tab, and loses nothing', async ({
  page,
  start,
}) => {
  const product = await start();
  await signIn(page, product);
  const flow = await createFlow(page, product, 'Twin', FREEZER_ALERT);
  const made = await callApi<Workspace>(page, product, 'post', '/api/workspaces', { name: 'Bakery' });
  await page.goto(`${product.url}/flows/${flow}`);
  await expect(page.locator('.react-flow__node')).toHaveCount(4);

  const other = await page.context().newPage();
  await other.goto(product.url);
  await other.getByRole('button', { name: 'Workspace Main: choose another' }).click();
  await other.getByRole('menuitem', { name: 'Bakery' }).click();
  await expect(other.getByText('No flows yet')).toBeVisible();
  const twin = await createFlow(other, product, 'Twin', FREEZER_ALERT);
  expect(twin).toBe(flow);

  const asked = page.getByRole('alertdialog', { name: 'You went on in “Bakery”' });
  await expect(asked).toBeVisible();
  await expectAccessible(page);
  const theirs = await callApi<{ revision: number }>(other, product, 'get', `/api/flows/${flow}`);
  expect(theirs.revision).toBe(1);

  await page.getByRole('button', { name: 'Back to “Main”' }).click();
  await expect(asked).toBeHidden();
  await page.getByRole('textbox', { name: 'Name of the flow' }).fill('Twin of the main one');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  const account = await callApi<{ workspace: string }>(page, product, 'get', '/api/account');
  expect(account.workspace).not.toBe(made.id);
  await expect(other.getByRole('alertdialog', { name: 'You went on in “Main”' })).toBeVisible();
  await other.getByRole('button', { name: 'Go on in “Main”' }).click();
  await expect(other.getByText('Twin of the main one').first()).toBeVisible();
});

test('somebody who is in one workspace only is offered no other', async ({ home, product, browser }) => {
  const guest = { name: 'Grace', email: 'grace@example.org', role: 'viewer' } as const;
  const page = await joinAs(browser, home, product, guest);
  await expect(page.getByRole('button', { name: /^Workspace .*: choose another$/ })).toHaveCount(0);
  await page.getByRole('button', { name: 'Account of Grace' }).click();
  await expect(page.getByText('grace@example.org · Viewer')).toBeVisible();
  await expect(page.getByText('Workspace', { exact: true })).toHaveCount(0);
});
