import { expectAccessible, expect, test } from '../test.ts';
import { ACCOUNT } from '../product.ts';

test('the printed link makes the first account, once, and nothing else is served before', async ({
  page,
  start,
}) => {
  const product = await start({ account: false });
  const link = product.link ?? '';
  expect(link).toContain('#token=');
  const refused = await page.request.get(`${product.url}/api/flows`);
  expect(refused.status()).toBe(403);
  await page.goto(product.url);
  await expect(page.getByText('Open the link from the terminal')).toBeVisible();

  await page.goto(link);
  await page.getByLabel('Your name').fill(ACCOUNT.name);
  await page.getByLabel('E-mail').fill(ACCOUNT.email);
  await page.getByLabel('Password').fill('short');
  await page.getByRole('button', { name: 'Make the account' }).click();
  await expect(page.getByText('A password has at least 12 characters.').first()).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('Password').fill(ACCOUNT.password);
  await page.getByRole('button', { name: 'Make the account' }).click();
  await expect(page.getByRole('button', { name: 'New flow' }).first()).toBeVisible();
  await expectAccessible(page);

  const again = await page.request.post(`${product.url}/api/first-start`, {
    data: {
      token: link.split('#token=')[1],
      email: 'eve@example.org',
      name: 'Eve',
      password: 'another long password',
    },
    headers: { origin: product.url },
  });
  expect(again.status()).toBe(403);
});

test('the demo runs by itself: devices report and flows work on what they say', async ({ page, start }) => {
  const product = await start({ demo: true });
  await page.goto(product.url);
  await page.getByLabel('E-mail').fill(ACCOUNT.email);
  await page.getByLabel('Password', { exact: true }).fill(ACCOUNT.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  // The weather station rests for 75 s of every four minutes, to show what a silent device looks like.
  await expect(page.getByText(/^(8 devices reporting|7 devices reporting, 1 silent)$/)).toBeVisible();
  await expect(page.getByText('Running').first()).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Devices' }).first().click();
  await expect(page.getByText('freezer').first()).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Connections' }).first().click();
  await expect(page.getByText(/broker/i).first()).toBeVisible();
  await expectAccessible(page);
});
