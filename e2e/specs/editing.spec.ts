import { createFlow, deployFlow, FREEZER_ALERT, node, wire } from '../flows.ts';
import { expect, expectAccessible, signIn, test } from '../test.ts';

test('a setting that is wrong is shown, explained and led to', async ({ home: page, product }) => {
  const id = await createFlow(page, product, 'Broken', {
    nodes: [
      node('in', 'device-input', 0),
      node('warm', 'threshold', 264, { value: 'temperature', limit: 5 }, 'Too warm'),
    ],
    wires: [wire('in.out > warm.in')],
  });
  await page.goto(`${product.url}/flows/${id}`);
  await expect(page.getByRole('button', { name: 'Deploy' })).toBeDisabled();
  await page.getByRole('button', { name: /1 to fix/ }).click();
  const problem = page.getByRole('button', { name: /The path “temperature” must start with one of/ });
  await expect(problem).toBeVisible();
  await expectAccessible(page);
  await problem.click();
  const field = page.getByRole('combobox', { name: 'Value', exact: true });
  await expect(field).toBeFocused();
  await field.fill('payload.temperature');
  await field.press('Tab');
  await expect(page.getByRole('button', { name: 'Deploy' })).toBeEnabled();
});

test('everything can be undone and done again', async ({ home: page, product }) => {
  const id = await createFlow(page, product, 'Undo', FREEZER_ALERT);
  await page.goto(`${product.url}/flows/${id}`);
  const nodes = page.locator('.react-flow__node');
  const wires = page.locator('.react-flow__edge');
  await expect(nodes).toHaveCount(4);
  await nodes.filter({ hasText: 'Too warm' }).click();
  await page.keyboard.press('Delete');
  await expect(nodes).toHaveCount(3);
  await expect(wires).toHaveCount(1);
  await page.keyboard.press('Control+z');
  await expect(nodes).toHaveCount(4);
  await expect(wires).toHaveCount(3);
  await page.keyboard.press('Control+Shift+z');
  await expect(nodes).toHaveCount(3);
  await page.keyboard.press('Control+z');
  await nodes.filter({ hasText: 'Too warm' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Much too warm');
  await expect(nodes.filter({ hasText: 'Much too warm' })).toHaveCount(1);
  await page.getByRole('button', { name: /^Undo/ }).click();
  await expect(nodes.filter({ hasText: 'Much too warm' })).toHaveCount(0);
});

test('nodes are copied from one flow and pasted into another', async ({ home: page, product, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const from = await createFlow(page, product, 'From', FREEZER_ALERT);
  const to = await createFlow(page, product, 'To', { nodes: [], wires: [] });
  await page.goto(`${product.url}/flows/${from}`);
  await page.locator('.react-flow__node').first().click();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+c');
  await page.goto(`${product.url}/flows/${to}`);
  await page.locator('.react-flow__pane').click({ position: { x: 30, y: 30 } });
  await page.keyboard.press('Control+v');
  await expect(page.locator('.react-flow__node')).toHaveCount(4);
  await expect(page.locator('.react-flow__edge')).toHaveCount(3);
  await expect
    .poll(async () => {
      const answer = await page.request.get(`${product.url}/api/flows/${to}`);
      return ((await answer.json()) as { flow: { nodes: unknown[] } }).flow.nodes.length;
    })
    .toBe(4);
});

test('a tab that is stale is told so and never overwrites', async ({ home: page, product, context }) => {
  const id = await createFlow(page, product, 'Two tabs', FREEZER_ALERT);
  const other = await context.newPage();
  await page.goto(`${product.url}/flows/${id}`);
  await other.goto(`${product.url}/flows/${id}`);
  await expect(other.locator('.react-flow__node')).toHaveCount(4);

  await page.getByLabel('Name of the flow').fill('First tab');
  await page.getByLabel('Name of the flow').press('Enter');
  // The page says “Saved” before the change as well.
  const savedName = async () => {
    const answer = await page.request.get(`${product.url}/api/flows/${id}`);
    return ((await answer.json()) as { name: string }).name;
  };
  await expect.poll(savedName).toBe('First tab');

  await other.getByLabel('Name of the flow').fill('Second tab');
  await other.getByLabel('Name of the flow').press('Enter');
  await expect(other.getByText(/saved this flow (just now|\d+ s ago)/)).toBeVisible();
  await expectAccessible(other);
  expect(await savedName()).toBe('First tab');

  await other.getByRole('button', { name: /Load theirs/ }).click();
  await expect(other.getByLabel('Name of the flow')).toHaveValue('First tab');
});

test('stop, start, and back to an older version', async ({ home: page, product }) => {
  const id = await createFlow(page, product, 'Versions', FREEZER_ALERT);
  await deployFlow(page, product, id);
  await page.goto(`${product.url}/flows/${id}`);
  await expect(page.getByText(/Running v1/).first()).toBeVisible();
  await page.locator('.react-flow__node', { hasText: 'Too warm' }).click();
  await page.getByRole('textbox', { name: 'Limit', exact: true }).fill('-5');
  await page.getByRole('textbox', { name: 'Limit', exact: true }).press('Tab');
  await page.getByRole('button', { name: 'Deploy' }).click();
  await expect(page.getByText(/Running v2/).first()).toBeVisible();

  await page.getByRole('button', { name: 'Flow menu' }).click();
  await page.getByRole('menuitem', { name: 'Stop' }).click();
  await expect(page.getByText(/Stopped/).first()).toBeVisible();
  await page.getByRole('button', { name: 'Flow menu' }).click();
  await page.getByRole('menuitem', { name: 'Start' }).click();
  await expect(page.getByText(/Running v2/).first()).toBeVisible();

  await page.getByRole('button', { name: 'Flow menu' }).click();
  await page.getByRole('menuitem', { name: 'Versions…' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Run this version' }).click();
  await expect(page.getByText(/Running v1/).first()).toBeVisible();
});

test('the editor fits a phone', async ({ page, product }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn(page, product);
  await expectAccessible(page);
  const id = await createFlow(page, product, 'Phone', FREEZER_ALERT);
  await page.goto(`${product.url}/flows/${id}`);
  await expect(page.locator('.react-flow__node').first()).toBeVisible();
  await expectAccessible(page);
  const width = await page.evaluate('document.documentElement.scrollWidth');
  expect(width).toBeLessThanOrEqual(390);
});
