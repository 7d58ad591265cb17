import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { test as base, expect } from '@playwright/test';
import type { MqttClient } from 'mqtt';
import mqtt from 'mqtt';
import type { Product } from './product.ts';
import { ACCOUNT, startProduct } from './product.ts';

// What the specs share: one product for each worker, a signed-in page, an MQTT client from outside.

interface WorkerFixtures {
  /** A product with an account and without the demo, shared by the specs of a worker. */
  readonly product: Product;
}
interface Fixtures {
  /** A page that is signed in, on the home screen. */
  readonly home: Page;
  /** An MQTT client that is not part of the product. */
  readonly outside: Outside;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  product: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads from the pattern which fixtures are needed: none
    async ({}, use) => {
      const product = await startProduct();
      await use(product);
      await product.stop();
    },
    { scope: 'worker' },
  ],
  home: async ({ page, product }, use) => {
    await signIn(page, product);
    await use(page);
  },
  outside: async ({ product }, use) => {
    const outside = await connectOutside(product.mqttUrl);
    await use(outside);
    await outside.end();
  },
});

export { expect };

export async function signIn(page: Page, product: Product): Promise<void> {
  await page.goto(product.url);
  await page.getByLabel('E-mail').fill(ACCOUNT.email);
  await page.getByLabel('Password', { exact: true }).fill(ACCOUNT.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('button', { name: 'New flow' }).first()).toBeVisible();
}

/** No serious or critical finding of axe on the page as it stands. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const found = serious.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  );
  expect(found).toEqual([]);
}

interface Received {
  readonly topic: string;
  readonly text: string;
}

export interface Outside {
  publish(topic: string, payload: unknown): Promise<void>;
  subscribe(filter: string): Promise<void>;
  /** The first message of a topic, from those that came and those that are to come. */
  receive(topic: string): Promise<Received>;
  readonly received: readonly Received[];
  end(): Promise<void>;
}

/** Connects to the product's broker as any device or system would. */
export async function connectOutside(url: string): Promise<Outside> {
  const client: MqttClient = await mqtt.connectAsync(url);
  const received: Received[] = [];
  const waiting: { topic: string; resolve: (message: Received) => void }[] = [];
  client.on('message', (topic, payload) => {
    const message = { topic, text: payload.toString('utf8') };
    received.push(message);
    for (const one of waiting.filter((other) => other.topic === topic)) one.resolve(message);
  });
  return {
    received,
    publish: async (topic, payload) => {
      await client.publishAsync(topic, typeof payload === 'string' ? payload : JSON.stringify(payload), {
        qos: 1,
      });
    },
    subscribe: async (filter) => {
      await client.subscribeAsync(filter, { qos: 1 });
    },
    receive: (topic) =>
      new Promise((resolve) => {
        const before = received.find((message) => message.topic === topic);
        if (before === undefined) waiting.push({ topic, resolve });
        else resolve(before);
      }),
    end: () => client.endAsync(true),
  };
}
