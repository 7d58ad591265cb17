import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { test as base, expect } from '@playwright/test';
import type { MqttClient } from 'mqtt';
import mqtt from 'mqtt';
import { within } from './patience.ts';
import type { Product, ProductOptions } from './product.ts';
import { ACCOUNT, startProduct } from './product.ts';

// What the specs share: one product for each worker, a signed-in page, an MQTT client from outside.

/** How long an outside client waits for its broker or for a message. */
const OUTSIDE_MS = 30_000;

interface WorkerFixtures {
  /** A product with an account and without the demo, shared by the specs of a worker. */
  readonly product: Product;
}
interface Fixtures {
  /** A page that is signed in, on the home screen. */
  readonly home: Page;
  /** Starts a product for this test alone, which is stopped with it, whatever happened. */
  readonly start: (options?: ProductOptions) => Promise<Product>;
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
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads from the pattern which fixtures are needed: none
  start: async ({}, use) => {
    const started: Product[] = [];
    await use(async (options) => {
      const product = await startProduct(options);
      started.push(product);
      return product;
    });
    for (const product of started) await product.stop();
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
  /** The first message of a topic, from those that came and those that are to come; rejects after 30 s. */
  receive(topic: string): Promise<Received>;
  readonly received: readonly Received[];
  end(): Promise<void>;
}

/** Connects to the product's broker as any device or system would. */
export async function connectOutside(url: string): Promise<Outside> {
  const client: MqttClient = await within(
    OUTSIDE_MS,
    mqtt.connectAsync(url),
    () => `There is no connection to ${url} after ${OUTSIDE_MS} ms.`,
  );
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
      const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
      await within(
        OUTSIDE_MS,
        client.publishAsync(topic, text, { qos: 1 }),
        () => `What was published to ${topic} was not acknowledged within ${OUTSIDE_MS} ms: ${text}`,
      );
    },
    subscribe: async (filter) => {
      await client.subscribeAsync(filter, { qos: 1 });
    },
    receive: (topic) => {
      const before = received.find((message) => message.topic === topic);
      if (before !== undefined) return Promise.resolve(before);
      const next = new Promise<Received>((resolve) => waiting.push({ topic, resolve }));
      return within(OUTSIDE_MS, next, () => {
        const topics = received.map((message) => message.topic).join(', ');
        return `No message came on ${topic} within ${OUTSIDE_MS} ms; what came was on: ${topics || 'nothing'}.`;
      });
    },
    end: () => client.endAsync(true),
  };
}
