import type { Browser, Page } from '@playwright/test';
import { expect } from '@playwright/test';
import type { Product } from './product.ts';

// People besides the one who owns the product, each in a browser of their own.

export interface Guest {
  readonly name: string;
  readonly email: string;
  readonly role: 'viewer' | 'operator' | 'integrator' | 'deployer' | 'admin';
}

/** Of every guest. */
export const GUEST_PASSWORD = 'seven quiet herons sleep';

/** Lets somebody into the workspace of `admin` by the API; gives a page that is signed in as them, on the home screen. */
export async function joinAs(browser: Browser, admin: Page, product: Product, guest: Guest): Promise<Page> {
  const { email, role } = guest;
  const { link } = await callApi<{ link: string }>(admin, product, 'post', '/api/invitations', {
    email,
    role,
  });
  return acceptAs(browser, product, guest, link);
}

/** Takes the invitation behind a link, in a browser of its own. */
export async function acceptAs(
  browser: Browser,
  product: Product,
  { name }: Pick<Guest, 'name'>,
  link: string,
): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const token = link.split('#token=')[1];
  const body = { token, name, password: GUEST_PASSWORD };
  await callApi(page, product, 'post', '/api/invitation/accept', body);
  await page.goto(product.url);
  await expect(page.getByRole('button', { name: `Account of ${name}` })).toBeVisible();
  return page;
}

/** Calls the API in the session of a page; fails with what it answered when that is an error. */
export async function callApi<T>(
  page: Page,
  product: Product,
  method: 'get' | 'post' | 'put' | 'delete',
  path: string,
  data?: object,
): Promise<T> {
  const answer = await page.request.fetch(`${product.url}${path}`, {
    method,
    headers: { origin: product.url },
    // A connection that was idle for long may be closed just when the request sets out.
    maxRetries: 2,
    ...(data === undefined ? {} : { data }),
  });
  expect(answer.ok(), `${method} ${path}: ${await answer.text()}`).toBe(true);
  return (await answer.json()) as T;
}
