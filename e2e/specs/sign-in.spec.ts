import { expect, expectAccessible, test } from '../test.ts';
import { ACCOUNT } from '../product.ts';

test('a wrong password is told without saying which part is wrong, the right one lets in', async ({
  page,
  product,
}) => {
  await page.goto(product.url);
  await expectAccessible(page);
  await page.getByLabel('E-mail').fill(ACCOUNT.email);
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText(/wrong/i)).toBeVisible();
  await page.getByLabel('Password', { exact: true }).fill(ACCOUNT.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('button', { name: 'New flow' }).first()).toBeVisible();
});

test('without a session nothing of the API is open', async ({ request, product }) => {
  for (const path of ['/api/flows', '/api/devices', '/api/connections', '/api/alarms', '/api/deployments']) {
    expect((await request.get(`${product.url}${path}`)).status(), path).toBe(401);
  }
});
