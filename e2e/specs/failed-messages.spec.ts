import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { createFlow, deployFlow, node, wire } from '../flows.ts';
import type { Outside } from '../test.ts';
import { expect, expectAccessible, test } from '../test.ts';

// A function that is too strict fails messages for two reasons. They are found, looked at, exported, and replayed when
// the function is mended: every one of them is delivered, and nothing is left (EN7).

const STRICT = `if (message.payload.temperature === undefined) throw new Error('The temperature is missing.');
if (message.payload.temperature > 100) throw new Error('No freezer is that warm.');
return message;`;

/** Takes what is published below `strict`, say, and passes it on below `checked`. */
function strictFlow(from: string, to: string): { nodes: object[]; wires: object[] } {
  const nodes = [
    node('in', 'mqtt-in', 0, { connection: 'broker', topic: `${from}/+`, qos: 1 }, 'Sensors'),
    node('check', 'function', 264, { code: STRICT }, 'Check'),
    node('to', 'change', 528, { set: [{ path: 'topic', to: { template: `${to}/{{device}}` } }] }, 'Address'),
    node('out', 'mqtt-out', 792, { connection: 'broker', qos: 1 }, 'Store'),
  ];
  return { nodes, wires: [wire('in.out > check.in'), wire('check.out > to.in'), wire('to.out > out.in')] };
}

/** Twelve messages without a temperature, and eight that are too warm, each of a device of its own. */
async function failTwenty(outside: Outside, from: string): Promise<void> {
  for (let device = 0; device < 20; device++) {
    const payload = device < 12 ? { door: 'open', password: 'tiger' } : { temperature: 200 + device };
    await outside.publish(`${from}/d${device}`, payload);
  }
}

function groupsOf(page: Page) {
  return page.getByRole('list', { name: 'Failed messages by node and reason' }).locator('> li');
}

test('messages that failed are found, looked at, and all delivered after the function is mended', async ({
  home: page,
  product,
  outside,
}) => {
  const id = await createFlow(page, product, 'Strict checks', strictFlow('strict', 'checked'));
  await deployFlow(page, product, id);
  await outside.subscribe('checked/#');
  await failTwenty(outside, 'strict');

  await test.step('the home page counts them and leads there', async () => {
    const failed = page.getByRole('region', { name: 'Failed messages' });
    await expect(failed.getByRole('listitem').filter({ hasText: 'Strict checks' })).toContainText('20');
    await failed.getByRole('link', { name: 'Strict checks' }).click();
    await expect(page.getByRole('tab', { name: /Failed messages/ })).toHaveAttribute('aria-selected', 'true');
  });

  const groups = groupsOf(page);
  const missing = groups.filter({ hasText: 'The temperature is missing.' });
  await test.step('by node and reason, the most frequent first', async () => {
    await expect(groups).toHaveCount(2);
    await expect(groups.nth(0)).toContainText(/Check\s*12 failed/);
    await expect(groups.nth(0)).toContainText('The temperature is missing.');
    await expect(groups.nth(1)).toContainText(/8 failed/);
    await expect(groups.nth(1)).toContainText('No freezer is that warm.');
  });

  await test.step('by the keyboard: a group opens, and a message in it', async () => {
    await missing.getByRole('button', { expanded: false }).first().focus();
    await page.keyboard.press('Enter');
    const messages = missing.getByRole('list', { name: 'Messages, newest first' }).locator('> li');
    await expect(messages).toHaveCount(12);
    await messages.first().getByRole('button', { expanded: false }).focus();
    await page.keyboard.press('Enter');
    await expect(messages.first().getByRole('treegrid')).toContainText('“open”');
    await expect(messages.first().getByRole('treegrid')).not.toContainText('tiger');
    await expectAccessible(page);
    await messages.first().getByRole('button', { name: 'Show on canvas' }).click();
    await expect(page.locator('.react-flow__node.selected[data-id="check"]')).toBeVisible();
  });

  await test.step('one that is replayed too early fails again, once', async () => {
    await missing.getByRole('button', { name: 'Replay this message' }).last().click();
    await expect(page.getByText('The message was sent again.')).toBeVisible();
    await expect(missing.getByText(/^12 failed/)).toBeVisible();
    await expect(groups.nth(1).getByText(/^8 failed/)).toBeVisible();
  });

  await test.step('the export has them whole', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export' }).click(),
    ]);
    const letters = JSON.parse(await readFile(await download.path(), 'utf8')) as {
      node: string;
      message: { payload: unknown };
    }[];
    expect(letters).toHaveLength(20);
    expect(letters[0]).toMatchObject({ node: 'check', message: { payload: { password: 'tiger' } } });
  });

  await test.step('mended, deployed, replayed: nothing is left, everything has arrived', async () => {
    expect(outside.received).toEqual([]);
    await page.locator('.react-flow__node[data-id="check"]').click();
    await page.locator('.cm-content').fill('return message;');
    await page.getByRole('button', { name: 'Deploy' }).click();
    await expect(page.getByText('Version 2 runs.').first()).toBeVisible();
    await page.getByRole('button', { name: 'Replay all' }).click();
    await expect(page.getByText('20 messages were sent again.')).toBeVisible();
    await expect(page.getByText('No message has failed')).toBeVisible();
    const devices = Array.from({ length: 20 }, (_, device) => `checked/d${device}`);
    await Promise.all(devices.map((topic) => outside.receive(topic)));
    expect(outside.received.map(({ topic }) => topic).toSorted()).toEqual(devices.toSorted());
  });
});

test('on a phone they are reached from the home page, and dropped after a question with their number', async ({
  home: page,
  product,
  outside,
}) => {
  const id = await createFlow(page, product, 'Strict on the go', strictFlow('phone', 'gone'));
  await deployFlow(page, product, id);
  await failTwenty(outside, 'phone');
  await page.setViewportSize({ width: 390, height: 844 });
  const failed = page.getByRole('region', { name: 'Failed messages' });
  await expect(failed).toContainText('Strict on the go');
  await expectAccessible(page);
  await failed.getByRole('link', { name: 'Strict on the go' }).click();
  await expect(groupsOf(page)).toHaveCount(2);
  await expectAccessible(page);
  await page.getByRole('button', { name: /^Drop 8 messages that failed at Check/ }).click();
  const question = page.getByRole('alertdialog', { name: 'Drop 8 failed messages?' });
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(groupsOf(page)).toHaveCount(2);
  await page.getByRole('button', { name: /^Drop 8 messages that failed at Check/ }).click();
  await question.getByRole('button', { name: 'Drop 8 messages' }).click();
  await expect(page.getByText('8 failed messages were dropped.')).toBeVisible();
  await expect(groupsOf(page)).toHaveCount(1);
  // The button that was pressed is gone: the keyboard goes on where it was.
  await expect(page.getByRole('region', { name: 'Failed messages' })).toBeFocused();
  await page.getByRole('button', { name: 'Drop all' }).click();
  await page.getByRole('button', { name: 'Drop 12 messages', exact: true }).click();
  await expect(page.getByText('No message has failed')).toBeVisible();
});
