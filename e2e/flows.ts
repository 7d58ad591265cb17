import type { Page } from '@playwright/test';
import { expect } from '@playwright/test';
import type { Product } from './product.ts';

/** Makes a flow by the API, in the session of the page; gives its id. */
export async function createFlow(
  page: Page,
  product: Product,
  name: string,
  parts: { nodes: readonly object[]; wires: readonly object[] },
): Promise<string> {
  const flow = { format: 1, id: 'made', name, ...parts };
  const made = (await post(page, product, '/api/flows', { name, flow })) as { id: string };
  return made.id;
}

/** Deploys the draft of a flow by the API. */
export async function deployFlow(page: Page, product: Product, id: string): Promise<void> {
  const answer = await page.request.get(`${product.url}/api/flows/${id}`);
  const { revision } = (await answer.json()) as { revision: number };
  await post(page, product, '/api/deployments', { flow: id, revision });
}

/** Stops a flow that runs, by the API. */
export async function stopFlow(page: Page, product: Product, id: string): Promise<void> {
  await post(page, product, `/api/deployments/${id}/stop`, {});
}

async function post(page: Page, product: Product, path: string, data: object): Promise<unknown> {
  const answer = await page.request.post(`${product.url}${path}`, { data, headers: { origin: product.url } });
  expect(answer.ok(), `POST ${path}: ${await answer.text()}`).toBe(true);
  return answer.json();
}

export function node(id: string, type: string, x: number, config: object = {}, name?: string): object {
  return { id, type, position: { x, y: 96 }, config, ...(name === undefined ? {} : { name }) };
}

/** A wire, as `in.out > warm.in`. */
export function wire(text: string): object {
  const [from = '', to = ''] = text.split(' > ');
  return { from: from.split('.'), to: to.split('.') };
}

/** A freezer alert: raised after one second above the limit, as an alarm and on alerts/<device>. */
export const FREEZER_ALERT = {
  nodes: [
    node('in', 'device-input', 0, { devices: {}, measurement: 'temperature', unit: '°C' }, 'Freezers'),
    node(
      'warm',
      'threshold',
      264,
      { value: 'payload.temperature', limit: -15, mode: 'change', raiseAfter: '1s', unit: '°C' },
      'Too warm',
    ),
    node('to', 'change', 528, { set: [{ path: 'topic', to: { template: 'alerts/{{device}}' } }] }, 'Address'),
    node('out', 'mqtt-out', 792, { connection: 'broker', qos: 1 }, 'Tell'),
  ],
  wires: [wire('in.out > warm.in'), wire('warm.raised > to.in'), wire('to.out > out.in')],
} as const;
