import type { Page } from '@playwright/test';
import { createFlow, deployFlow, FREEZER_ALERT } from '../flows.ts';
import { acceptAs, callApi, GUEST_PASSWORD, joinAs } from '../guests.ts';
import type { Product } from '../product.ts';
import { expect, expectAccessible, signIn, test } from '../test.ts';

const EVE = { name: 'Eve', email: 'eve@example.org' };

test('somebody is invited, and loses on the open page at once what another role may not do', async ({
  page,
  start,
  browser,
}) => {
  const product = await start();
  await signIn(page, product);
  const flow = await createFlow(page, product, 'Freezer too warm', FREEZER_ALERT);
  await page.goto(`${product.url}/settings/people`);
  await expect(page.getByText('Nobody is invited at the moment')).toBeVisible();
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  await page.getByLabel('E-mail').fill('eve at example');
  await page.getByRole('button', { name: 'Make the link' }).click();
  await expect(page.getByText('Write an e-mail address such as ada@example.org.')).toBeVisible();
  await invite(page, 'Viewer');
  await page.getByRole('button', { name: 'I have it' }).click();
  await expect(page.getByRole('listitem', { name: EVE.email })).toContainText('Viewer');
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  await page.getByLabel('E-mail').fill('EVE@example.org');
  await expect(page.getByText(/is invited already, as a viewer/)).toBeVisible();
  await expectAccessible(page);
  const link = await invite(page, 'Integrator');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'I have it' }).click();
  await expect(page.getByRole('listitem', { name: EVE.email })).toHaveCount(1);

  const theirs = await acceptAs(browser, product, EVE, link);
  await theirs.goto(`${product.url}/flows/${flow}`);
  await expect(theirs.getByRole('button', { name: /^Add a node after/ }).first()).toBeAttached();
  await expect(theirs.getByRole('tab', { name: 'Add' })).toBeVisible();

  await page.reload();
  await page.getByRole('button', { name: /Role of Eve/ }).click();
  await page.getByRole('option', { name: /^Viewer/ }).click();
  await expect(page.getByText('Eve is a viewer now')).toBeVisible();
  await expect(theirs.getByText('You can look, not change', { exact: true })).toBeVisible();
  await expect(theirs.getByRole('tab', { name: 'Add' })).toHaveCount(0);
  await expect(theirs.getByRole('button', { name: /^Add a node after/ })).toHaveCount(0);
  await expect(theirs.getByRole('button', { name: 'Deploy' })).toBeDisabled();
  await expectAccessible(theirs);

  await page.getByRole('button', { name: 'More for Eve' }).click();
  await page.getByRole('menuitem', { name: 'Sign out…' }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  const again = theirs.getByRole('alertdialog', { name: 'Sign in again' });
  await again.getByLabel('Password', { exact: true }).fill(GUEST_PASSWORD);
  await again.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(again).toBeHidden();

  await page.getByRole('button', { name: 'More for Eve' }).click();
  await page.getByRole('menuitem', { name: 'Take out of this workspace…' }).click();
  await expect(page.getByText(/API tokens for this workspace are deleted/)).toBeVisible();
  await page.getByRole('button', { name: 'Take out', exact: true }).click();
  await expect(page.getByRole('listitem', { name: 'Eve' })).toHaveCount(0);
  await expect(theirs.getByRole('heading', { name: 'You are in no workspace any more' })).toBeVisible();
  await expectAccessible(theirs);
  await theirs.getByRole('button', { name: 'Sign out' }).click();
  await expect(theirs.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
});

test('the last admin stays one, and says why', async ({ page, start, browser }) => {
  const product = await start();
  await signIn(page, product);
  await page.goto(`${product.url}/settings/people`);
  const me = page.getByRole('listitem', { name: 'ada' });
  await expect(me.getByText('you', { exact: true })).toBeVisible();
  await expect(me.getByRole('button', { name: /Role of ada/ })).toBeDisabled();
  await expect(me.getByText(/is the last admin here, and a workspace needs one/)).toBeVisible();
  await me.getByRole('button', { name: 'More for ada' }).click();
  await expect(page.getByRole('menuitem', { name: 'Leave this workspace…' })).toBeDisabled();
  await page.keyboard.press('Escape');

  await joinAs(browser, page, product, { ...EVE, role: 'admin' });
  await page.reload();
  await me.getByRole('button', { name: /Role of ada/ }).click();
  await page.getByRole('option', { name: /^Operator/ }).click();
  await page.getByRole('button', { name: 'Become an operator' }).click();
  await expect(page.getByText('This page is not for your role')).toBeVisible();
  await expect(page.getByText(/“People” is for people with the role admin/)).toBeVisible();
  await expectAccessible(page);
});

test('a viewer walks through the editor and changes nothing', async ({ page, start, browser }) => {
  const product = await start();
  await signIn(page, product);
  const flow = await createFlow(page, product, 'Freezer too warm', FREEZER_ALERT);
  await deployFlow(page, product, flow);
  const viewer = await joinAs(browser, page, product, { ...EVE, role: 'viewer' });
  const before = await everything(page, product);

  await expect(viewer.getByText('Freezer too warm').first()).toBeVisible();
  for (const offer of ['New flow', 'Import', 'Stop Freezer too warm'])
    await expect(viewer.getByRole('button', { name: offer })).toHaveCount(0);
  await walkFlow(viewer, product, flow);
  expect(await everything(page, product)).toEqual(before);
});

test('a viewer is offered nothing on any other screen that their role may not do', async ({
  page,
  start,
  browser,
}) => {
  const product = await start();
  await signIn(page, product);
  const viewer = await joinAs(browser, page, product, { ...EVE, role: 'viewer' });
  await expect(viewer.getByText('Integrators of this workspace draw them.')).toBeVisible();
  await expectAccessible(viewer);
  for (const path of ['/devices', '/connections', '/health', '/settings']) {
    await viewer.goto(product.url + path);
    await expect(viewer.getByRole('heading', { level: 1 })).toBeVisible();
    for (const offer of [/^New /, /^Save/, /^Delete/, /^Rename/, /^Add/])
      await expect(viewer.getByRole('main').getByRole('button', { name: offer })).toHaveCount(0);
    await expectAccessible(viewer);
  }
  for (const path of ['/settings/people', '/settings/workspaces']) {
    await viewer.goto(product.url + path);
    await expect(viewer.getByText('This page is not for your role')).toBeVisible();
  }
});

test('an operator starts and stops a flow, and does not change it', async ({ page, start, browser }) => {
  const product = await start();
  await signIn(page, product);
  const flow = await createFlow(page, product, 'Freezer too warm', FREEZER_ALERT);
  await deployFlow(page, product, flow);
  const operator = await joinAs(browser, page, product, { ...EVE, role: 'operator' });
  await operator.goto(`${product.url}/flows/${flow}`);
  await expect(operator.getByText('You can look, not change', { exact: true })).toBeVisible();
  await operator.getByRole('button', { name: 'Flow menu' }).click();
  await expect(operator.getByRole('menuitem', { name: /Deploy|Delete/ })).toHaveCount(0);
  await operator.getByRole('menuitem', { name: 'Stop' }).click();
  await expect(operator.getByText('The flow is stopped.')).toBeVisible();
});

/** Chooses a role in the open dialog and makes the link, which it gives. */
async function invite(page: Page, role: string): Promise<string> {
  await page.getByLabel('E-mail').fill(EVE.email);
  await page.getByRole('dialog').getByRole('button', { name: /Role/ }).click();
  await page.getByRole('option', { name: new RegExp(`^${role}`) }).click();
  await page.getByRole('button', { name: 'Make the link' }).click();
  const shown = page.getByRole('group', { name: 'Invitation link' }).locator('code');
  await expect(shown).toContainText('/invitation#token=');
  return (await shown.textContent()) ?? '';
}

/** All that people make: what it was is what it has to be after somebody only looked. */
async function everything(page: Page, product: Product): Promise<unknown> {
  const flows = await callApi<{ id: string; revision: number }[]>(page, product, 'get', '/api/flows');
  const versions = await Promise.all(
    flows.map(({ id }) => callApi<unknown[]>(page, product, 'get', `/api/flows/${id}/versions`)),
  );
  return {
    revisions: flows.map(({ id, revision }) => [id, revision]),
    versions: versions.map((list) => list.length),
    connections: await callApi(page, product, 'get', '/api/connections'),
    limits: await callApi(page, product, 'get', '/api/limits'),
  };
}

/** Tries by mouse and keys what changes a flow. */
async function walkFlow(page: Page, product: Product, flow: string): Promise<void> {
  await page.goto(`${product.url}/flows/${flow}`);
  await expect(page.getByText('You can look, not change', { exact: true })).toBeVisible();
  const nodes = page.locator('.react-flow__node');
  await expect(nodes).toHaveCount(4);
  const first = nodes.first();
  const place = await first.boundingBox();
  if (place === null) throw new Error('The node has no place on the screen.');
  await page.mouse.move(place.x + 40, place.y + 15);
  await page.mouse.down();
  await page.mouse.move(place.x + 240, place.y + 215, { steps: 8 });
  await page.mouse.up();
  const after = await first.boundingBox();
  expect(Math.abs((after?.x ?? 0) - place.x)).toBeLessThan(2);

  await first.click();
  await page.keyboard.press('Delete');
  await expect(page.getByText('You can look, not change.', { exact: true })).toBeVisible();
  await page.keyboard.press('Control+d');
  await page.keyboard.press('Control+Enter');
  await expect(nodes).toHaveCount(4);
  await nodes.filter({ hasText: 'Too warm' }).click();
  await page.getByRole('tab', { name: 'Set up' }).click();
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).not.toBeEditable();
  await expect(page.getByRole('combobox', { name: 'Value', exact: true })).toBeDisabled();
  await expect(page.getByRole('textbox', { name: 'Name of the flow' })).not.toBeEditable();
  await expectAccessible(page);
  for (const tab of ['Data', 'Test', 'Notes', 'Help']) {
    await page.getByRole('tab', { name: tab, exact: true }).click();
    await expect(page.getByRole('tabpanel', { name: tab, exact: true })).toBeVisible();
  }
  await page.getByRole('button', { name: 'Flow menu' }).click();
  await page.getByRole('menuitem', { name: 'Versions…' }).click();
  await expect(page.getByText('v1', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Take as draft' })).toHaveCount(0);
  await page.keyboard.press('Escape');
}
