import type { Locator, Page } from '@playwright/test';
import { callApi } from '../guests.ts';
import { ACCOUNT } from '../product.ts';
import type { Product } from '../product.ts';
import { expect, expectAccessible, signIn, test } from '../test.ts';
import { codeOf } from '../totp.ts';

/** Fills in the first question of the sign-in. */
async function showPassword(page: Page, password: string = ACCOUNT.password): Promise<void> {
  await page.getByLabel('E-mail').fill(ACCOUNT.email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function expectHome(page: Page): Promise<void> {
  await expect(page.getByRole('button', { name: 'New flow' }).first()).toBeVisible();
}

/** Turns the second factor on by the API; gives the recovery codes. */
async function turnOnByApi(page: Page, product: Product): Promise<string[]> {
  const path = '/api/account/second-factor';
  const body = { password: ACCOUNT.password };
  const { secret } = await callApi<{ secret: string }>(page, product, 'post', path, body);
  const confirmed = { code: codeOf(secret) };
  return (await callApi<{ recoveryCodes: string[] }>(page, product, 'put', path, confirmed)).recoveryCodes;
}

/** Fills in what is asked for before a step that counts. */
async function showBoth(asking: Locator, recovery: string): Promise<void> {
  await asking.getByLabel('Your password').fill(ACCOUNT.password);
  await asking.getByRole('button', { name: 'Use a recovery code' }).click();
  await asking.getByLabel('Recovery code').fill(recovery);
}

/** Turns the second factor on by the page; gives its key. */
async function turnOn(page: Page, product: Product): Promise<string> {
  await page.goto(`${product.url}/settings/account`);
  await page.getByRole('button', { name: 'Turn on…' }).click();
  const asking = page.getByRole('dialog', { name: 'Turn on the second factor' });
  await asking.getByLabel('Your password').fill('not the password');
  await asking.getByRole('button', { name: 'Go on' }).click();
  await expect(asking.getByText('This is not your password. Try again.')).toBeVisible();
  await expectAccessible(page);
  await asking.getByLabel('Your password').fill(ACCOUNT.password);
  await asking.getByRole('button', { name: 'Go on' }).click();

  const adding = page.getByRole('alertdialog', { name: 'Add Sluice to your app' });
  await expect(adding.getByRole('img', { name: 'QR code for the authenticator app' })).toBeVisible();
  const secret = await adding.getByRole('group', { name: 'Key' }).locator('code').innerText();
  await adding.getByLabel('Code', { exact: true }).fill('12345');
  await adding.getByRole('button', { name: 'Turn on' }).click();
  await expect(adding.getByText('A code has six digits.')).toBeVisible();
  await expectAccessible(page);
  await adding.getByLabel('Code', { exact: true }).fill(codeOf(secret));
  await adding.getByRole('button', { name: 'Turn on' }).click();

  const keeping = page.getByRole('alertdialog', { name: 'Keep your recovery codes' });
  const codes = (
    await keeping.getByRole('group', { name: 'Recovery codes' }).locator('code').innerText()
  ).split('\n');
  expect(codes).toHaveLength(10);
  const saved = page.waitForEvent('download');
  await keeping.getByRole('button', { name: 'Save as a file' }).click();
  expect((await saved).suggestedFilename()).toBe('sluice-recovery-codes.txt');
  // They are gone with the dialog, so Escape does not close it.
  await page.keyboard.press('Escape');
  await expectAccessible(page);
  await keeping.getByRole('button', { name: 'I have kept them' }).click();
  await expect(page.getByText('10 recovery codes are left.')).toBeVisible();
  return secret;
}

test('a wrong password is told without saying which part is wrong, the right one lets in', async ({
  page,
  product,
}) => {
  await page.goto(product.url);
  await expectAccessible(page);
  await showPassword(page, 'not the password');
  await expect(page.getByText(/wrong/i)).toBeVisible();
  await page.getByLabel('Password', { exact: true }).fill(ACCOUNT.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expectHome(page);
});

test('without a session nothing of the API is open', async ({ request, product }) => {
  for (const path of ['/api/flows', '/api/devices', '/api/connections', '/api/alarms', '/api/deployments']) {
    expect((await request.get(`${product.url}${path}`)).status(), path).toBe(401);
  }
});

test('a second factor that was turned on by the page is asked for at the next sign-in', async ({
  page,
  start,
}) => {
  const product = await start();
  await signIn(page, product);
  const secret = await turnOn(page, product);

  await page.context().clearCookies();
  await page.goto(product.url);
  await showPassword(page);
  const code = page.getByLabel('Code', { exact: true });
  await expect(code).toBeFocused();
  await expectAccessible(page);
  await code.fill('000000');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByText('The code is wrong or was used already.')).toBeVisible();
  // The password that was right is not asked for again.
  await expect(code).toBeFocused();
  // The one after the one that turned it on: each counts once.
  await code.fill(codeOf(secret, 1));
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expectHome(page);
});

test('a recovery code lets in once, and says how many are left', async ({ page, start }) => {
  const product = await start();
  await signIn(page, product);
  const [recovery = '', last = ''] = await turnOnByApi(page, product);

  await page.context().clearCookies();
  await page.goto(product.url);
  await showPassword(page);
  await page.getByRole('button', { name: 'Use a recovery code' }).click();
  const field = page.getByLabel('Recovery code', { exact: true });
  await expect(field).toBeFocused();
  await field.fill(recovery);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expectHome(page);
  await expect(page.getByText('9 recovery codes are left.')).toBeVisible();

  await page.context().clearCookies();
  await page.goto(product.url);
  await showPassword(page);
  await page.getByRole('button', { name: 'Use a recovery code' }).click();
  await field.fill(recovery);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByText('The code is wrong or was used already.')).toBeVisible();
  await field.fill(last);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expectHome(page);
});

test('recovery codes are made anew and the second factor is turned off, with password and code', async ({
  page,
  start,
}) => {
  const product = await start();
  await signIn(page, product);
  const [recovery = '', spare = ''] = await turnOnByApi(page, product);
  await page.goto(`${product.url}/settings/account`);
  await page.getByRole('button', { name: 'New recovery codes…' }).click();
  const renewing = page.getByRole('alertdialog', { name: 'Make new recovery codes?' });
  await showBoth(renewing, recovery);
  await expectAccessible(page);
  await renewing.getByRole('button', { name: 'Make new codes' }).click();
  const keeping = page.getByRole('alertdialog', { name: 'Keep your recovery codes' });
  const renewed = await keeping.getByRole('group', { name: 'Recovery codes' }).locator('code').innerText();
  await keeping.getByRole('button', { name: 'I have kept them' }).click();
  await expect(page.getByText('10 recovery codes are left.')).toBeVisible();

  await page.getByRole('button', { name: 'Turn off…' }).click();
  const asking = page.getByRole('alertdialog', { name: 'Turn off the second factor?' });
  await showBoth(asking, spare);
  await asking.getByRole('button', { name: 'Turn off', exact: true }).click();
  await expect(asking.getByText('The code is wrong or was used already.')).toBeVisible();
  await asking.getByLabel('Recovery code').fill(renewed.split('\n')[0] ?? '');
  await expectAccessible(page);
  await asking.getByRole('button', { name: 'Turn off', exact: true }).click();
  await expect(page.getByText('The second factor is off')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Turn on…' })).toBeVisible();

  await page.context().clearCookies();
  await page.goto(product.url);
  await showPassword(page);
  await expectHome(page);
});

test('too many wrong tries say when to try again', async ({ page, start }) => {
  const product = await start();
  await page.goto(product.url);
  for (let tries = 0; tries < 10; tries++) {
    await page.request.post(`${product.url}/api/session`, {
      data: { email: ACCOUNT.email, password: 'not the password' },
      headers: { origin: product.url },
    });
  }
  await showPassword(page);
  await expect(page.getByText(/There were too many wrong tries\. Try again in \d+ seconds?\./)).toBeVisible();
  // It was not the password that was wrong: it is still there for then.
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue(ACCOUNT.password);
});

test('a provider that is away leads back to the sign-in, with a sentence', async ({ page, start }) => {
  const product = await start({ oidc: { issuer: 'http://127.0.0.1:1', name: 'Example' } });
  await page.goto(product.url);
  await page.getByRole('link', { name: 'Sign in with Example' }).click();
  await expect(page.getByText('Example cannot be reached at the moment.')).toBeVisible();
  await expectAccessible(page);
  await showPassword(page);
  await expectHome(page);
});
