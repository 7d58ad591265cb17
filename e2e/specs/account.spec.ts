import type { Browser, Page } from '@playwright/test';
import { createFlow, node } from '../flows.ts';
import { callApi, GUEST_PASSWORD, joinAs } from '../guests.ts';
import { ACCOUNT } from '../product.ts';
import type { Product } from '../product.ts';
import { startProvider } from '../provider.ts';
import { expect, expectAccessible, signIn, test } from '../test.ts';

// One's own account: how one gets in, where one is in, and what other programs show in one's name.

async function invite(admin: Page, product: Product, email: string, role: string): Promise<string> {
  const { link } = await callApi<{ link: string }>(admin, product, 'post', '/api/invitations', {
    email,
    role,
  });
  return `${product.url}${link}`;
}

async function newPage(browser: Browser): Promise<Page> {
  return (await browser.newContext()).newPage();
}

test('an invitation is accepted in another browser: first with a new account, then with the one there is', async ({
  home: admin,
  product,
  browser,
}) => {
  const link = await invite(admin, product, 'eve@example.org', 'operator');
  const eve = await newPage(browser);
  await eve.goto(link);
  await expect(eve.getByRole('heading', { name: 'Join “Main”' })).toBeVisible();
  await expect(eve.getByText('ada@example.org invites eve@example.org as an operator.')).toBeVisible();
  // The token does not stay where others can read it, and a reload does not lose it.
  expect(new URL(eve.url()).hash).toBe('');
  await eve.reload();
  await eve.getByLabel('Your name').fill('Eve');
  await eve.getByLabel('Password').fill('short');
  await eve.getByRole('button', { name: 'Make the account and join' }).click();
  await expect(eve.getByText('A password has at least 12 characters.').first()).toBeVisible();
  await expectAccessible(eve);
  await eve.getByLabel('Password').fill(GUEST_PASSWORD);
  await eve.getByRole('button', { name: 'Make the account and join' }).click();
  await expect(eve.getByRole('button', { name: 'Account of Eve' })).toBeVisible();

  await eve.goto(link);
  await expect(eve.getByRole('heading', { name: 'This invitation is not open any more' })).toBeVisible();
  await expect(eve.getByText('Ask for a new one.')).toBeVisible();
  await expectAccessible(eve);

  const people = await callApi<{ id: string; email: string }[]>(admin, product, 'get', '/api/users');
  const id = people.find(({ email }) => email === 'eve@example.org')?.id ?? '';
  await callApi(admin, product, 'delete', `/api/users/${id}`);
  // The browser of Ada: the page says that she is somebody else.
  const again = await invite(admin, product, 'eve@example.org', 'viewer');
  await admin.goto(again);
  await expect(admin.getByText(/You are signed in here as ada@example\.org/)).toBeVisible();
  await expectAccessible(admin);
  await eve.goto(again);
  await eve.getByLabel('Password of eve@example.org').fill('not the password');
  await eve.getByRole('button', { name: 'Join' }).click();
  await expect(eve.getByText('E-mail or password is wrong.')).toBeVisible();
  await eve.getByLabel('Password of eve@example.org').fill(GUEST_PASSWORD);
  await eve.getByRole('button', { name: 'Join' }).click();
  await expect(eve.getByRole('button', { name: 'Account of Eve' })).toBeVisible();
});

test('a token that was made on the page works until it is revoked there', async ({ page, start }) => {
  const product = await start();
  await signIn(page, product);
  await page.goto(`${product.url}/settings/tokens`);
  await expect(page.getByText('No program signs in here yet')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'New token' }).click();
  const asking = page.getByRole('dialog', { name: 'New API token' });
  await asking.getByRole('button', { name: 'Make the token' }).click();
  await expect(asking.getByText('Write what the token is for')).toBeVisible();
  await expectAccessible(page);
  await asking.getByLabel('Name').fill('Report on Mondays');
  await asking.getByRole('button', { name: 'Make the token' }).click();
  const made = page.getByRole('alertdialog', { name: 'The token “Report on Mondays”' });
  const token = await made.getByRole('group', { name: 'Token' }).locator('code').innerText();
  await expect(made.getByRole('group', { name: 'Example' }).locator('code')).toContainText(
    `curl -H "Authorization: Bearer ${token}" ${product.url}/api/flows`,
  );
  await expectAccessible(page);
  const asked = () => fetch(`${product.url}/api/flows`, { headers: { authorization: `Bearer ${token}` } });
  expect((await asked()).status).toBe(200);
  await made.getByRole('button', { name: 'I have it' }).click();
  await page.reload();
  const row = page.getByRole('listitem', { name: 'Report on Mondays' });
  await expect(row).toContainText('Viewer');
  await expect(row).toContainText(/expires in (89|90) days · last used/);
  await expect(page.getByText(token)).toHaveCount(0);

  await row.getByRole('button', { name: 'Revoke Report on Mondays' }).click();
  await page.getByRole('button', { name: 'Revoke token' }).click();
  await expect(page.getByText('No program signs in here yet')).toBeVisible();
  expect((await asked()).status).toBe(401);
});

test('who signs out everywhere ends the other page with a sentence, and nothing unsaved on it is lost', async ({
  page: here,
  start,
  browser,
}) => {
  const product = await start();
  await signIn(here, product);
  const flow = await createFlow(here, product, 'Kept', {
    nodes: [node('in', 'device-input', 0, {}, 'Freezers')],
    wires: [],
  });
  const other = await newPage(browser);
  await signIn(other, product);
  await other.goto(`${product.url}/flows/${flow}`);
  await expect(other.getByLabel('Name of the flow')).toHaveValue('Kept');

  await here.goto(`${product.url}/settings/account`);
  const sessions = here.getByRole('region', { name: 'Where you are signed in' });
  await expect(sessions.getByRole('listitem')).toHaveCount(2);
  await expect(sessions.getByRole('listitem').filter({ hasText: 'this one' })).toContainText(
    'Chrome on Linux',
  );
  await expectAccessible(here);
  // While the other page has a change that cannot be saved: its line is cut.
  await other.route('**/api/flows/*', (route) => route.abort());
  await other.getByLabel('Name of the flow').fill('Renamed');
  await other.keyboard.press('Enter');
  await here.getByRole('button', { name: 'Sign out everywhere…' }).click();
  await expectAccessible(here);
  await here.getByRole('button', { name: 'Sign out everywhere', exact: true }).click();
  await expect(here.getByRole('heading', { name: 'Sign in' })).toBeVisible();

  const asking = other.getByRole('alertdialog', { name: 'Sign in again' });
  await expect(asking.getByText('You are signed out: in another tab, by an admin')).toBeVisible();
  await expectAccessible(other);
  await other.unroute('**/api/flows/*');
  await asking.getByLabel('Password', { exact: true }).fill(ACCOUNT.password);
  await asking.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(asking).toHaveCount(0);
  await expect(other.getByLabel('Name of the flow')).toHaveValue('Renamed');
  await expect
    .poll(async () => (await callApi<{ name: string }>(other, product, 'get', `/api/flows/${flow}`)).name)
    .toBe('Renamed');
});

test('a session is ended from the page of another, and a new password ends the rest', async ({
  page: here,
  start,
  browser,
}) => {
  const product = await start();
  await signIn(here, product);
  const [second, third] = [await newPage(browser), await newPage(browser)];
  await signIn(second, product);
  await here.goto(`${product.url}/settings/account`);
  await here.getByRole('button', { name: /^End the session of Chrome on Linux/ }).click();
  await here.getByRole('button', { name: 'End session' }).click();
  await expect(here.getByText('The session has ended')).toBeVisible();
  await expect(second.getByRole('alertdialog', { name: 'Sign in again' })).toBeVisible();

  await signIn(third, product);
  await here.getByLabel('Present password').fill('not the password');
  await here.getByLabel('New password').fill('four quiet herons wade');
  await here.getByRole('button', { name: 'Change password' }).click();
  await expect(here.getByText('This is not your password. Try again.')).toBeVisible();
  await here.getByLabel('Present password').fill(ACCOUNT.password);
  await here.getByRole('button', { name: 'Change password' }).click();
  await expect(here.getByText('Your password is changed')).toBeVisible();
  await expect(third.getByRole('alertdialog', { name: 'Sign in again' })).toBeVisible();
  // This one goes on, though its session has a new token.
  await here.reload();
  await expect(
    here.getByRole('region', { name: 'Where you are signed in' }).getByRole('listitem'),
  ).toHaveCount(1);
});

test('who was invited signs in by the provider, and sees nothing of passwords but where they are kept', async ({
  page,
  browser,
  start,
}) => {
  const provider = await startProvider();
  const product = await start({ oidc: { issuer: provider.issuer, name: 'Example' } });
  provider.serve(product.url);
  await signIn(page, product);
  await callApi(page, product, 'post', '/api/invitations', { email: 'eve@example.org', role: 'operator' });

  const mallory = await signInOutside(browser, product, 'mallory@example.org');
  await expect(
    mallory.getByText('Nobody has invited the e-mail address that Example has of you.', { exact: false }),
  ).toBeVisible();

  const eve = await signInOutside(browser, product, 'eve@example.org');
  await eve.getByRole('button', { name: 'Account of eve' }).click();
  await expect(eve.getByText('eve@example.org · Operator')).toBeVisible();
  await eve.goto(`${product.url}/settings/account`);
  await expect(
    eve.getByText('You sign in with Example, so there is no password of yours here.'),
  ).toBeVisible();
  await expect(eve.getByRole('region', { name: 'Where you are signed in' })).toBeVisible();
  await expect(eve.getByLabel('Present password')).toHaveCount(0);
  await expect(eve.getByRole('button', { name: 'Turn on…' })).toHaveCount(0);
  await expectAccessible(eve);
  provider.stop();
});

/** Goes by the link of the sign-in to the provider, in a browser of its own, and says there who it is. */
async function signInOutside(browser: Browser, product: Product, email: string): Promise<Page> {
  const page = await newPage(browser);
  await page.goto(product.url);
  await page.getByRole('link', { name: 'Sign in with Example' }).click();
  await page.getByLabel('Who are you?').fill(email);
  await page.getByRole('button', { name: 'Go on' }).click();
  return page;
}

test('who signs in in another tab goes on in the one that was signed out', async ({ page, start }) => {
  const product = await start();
  await signIn(page, product);
  await page.getByRole('link', { name: 'Devices' }).first().click();
  await expect(page.getByRole('heading', { level: 1, name: 'Devices' })).toBeVisible();
  await page.context().clearCookies();
  await page.getByRole('link', { name: 'Connections' }).first().click();
  const asking = page.getByRole('alertdialog', { name: 'Sign in again' });
  await expect(asking).toBeVisible();
  const tab = await page.context().newPage();
  await signIn(tab, product);
  await tab.close();
  await page.bringToFront();
  await page.evaluate('window.dispatchEvent(new Event("focus"))');
  await expect(asking).toHaveCount(0);
  await expect(page.getByText(/broker/i).first()).toBeVisible();
});

test('an open page says that its person has another role now', async ({ home: admin, product, browser }) => {
  const bob = await joinAs(browser, admin, product, {
    name: 'Bob',
    email: 'bob@example.org',
    role: 'viewer',
  });
  // Its live connection is there: it was told of devices.
  await bob.goto(`${product.url}/devices`);
  await expect(bob.getByRole('heading', { level: 1 })).toBeVisible();
  const people = await callApi<{ id: string; email: string }[]>(admin, product, 'get', '/api/users');
  const id = people.find(({ email }) => email === 'bob@example.org')?.id ?? '';
  await expect(async () => {
    await callApi(admin, product, 'put', `/api/users/${id}`, { role: 'viewer' });
    await callApi(admin, product, 'put', `/api/users/${id}`, { role: 'operator' });
    await expect(bob.getByText('You are an operator in this workspace now')).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await bob.getByRole('button', { name: 'Account of Bob' }).click();
  await expect(bob.getByText('bob@example.org · Operator')).toBeVisible();
});

test('a name is changed, and the others see the new one', async ({ page, start }) => {
  const product = await start();
  await signIn(page, product);
  await page.goto(`${product.url}/settings/account`);
  await page
    .getByRole('region', { name: 'You', exact: true })
    .getByRole('button', { name: 'Change…' })
    .click();
  const changing = page.getByRole('dialog', { name: 'Change your name' });
  await changing.getByLabel('Name').fill(' ');
  await changing.getByRole('button', { name: 'Change', exact: true }).click();
  await expect(changing.getByText('Write your name.')).toBeVisible();
  await expectAccessible(page);
  await changing.getByLabel('Name').fill('Ada King');
  await changing.getByRole('button', { name: 'Change', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Account of Ada King' })).toBeVisible();
  await page.goto(`${product.url}/settings/people`);
  await expect(page.getByText('Ada King').first()).toBeVisible();
});

test('the pages of one’s own account fit a phone, and nobody is offered a token above their role', async ({
  home: admin,
  product,
  browser,
}) => {
  const vic = await joinAs(browser, admin, product, {
    name: 'Vic',
    email: 'vic@example.org',
    role: 'operator',
  });
  await vic.setViewportSize({ width: 390, height: 844 });
  for (const path of ['account', 'tokens']) {
    await vic.goto(`${product.url}/settings/${path}`);
    await expect(vic.getByRole('heading', { level: 1 })).toBeVisible();
    await expectAccessible(vic);
    expect(await vic.evaluate('document.documentElement.scrollWidth'), path).toBe(390);
  }
  await vic.getByRole('button', { name: 'New token' }).click();
  await vic.getByRole('button', { name: /^Viewer/ }).click();
  await expect(vic.getByRole('option')).toHaveText([/^Viewer/, /^Operator/]);
});
