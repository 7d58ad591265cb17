import { readFile, writeFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import type { IClientOptions, MqttClient } from 'mqtt';
import mqtt from 'mqtt';
import { makeRequest, makeServerCertificate } from '../certificates.ts';
import { createFlow, deployFlow, node, wire } from '../flows.ts';
import { within } from '../patience.ts';
import type { Product } from '../product.ts';
import { expect, expectAccessible, signIn, test } from '../test.ts';

// By what devices sign in, made and revoked in the browser, and used by a real MQTT client.

const OUTSIDE_MS = 30_000;

/** Adds a device on its screen; gives its panel. */
async function addDevice(page: Page, product: Product, id: string): Promise<Locator> {
  await page.goto(`${product.url}/devices`);
  await page.getByRole('button', { name: 'Add a device' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a device' });
  await dialog.getByLabel('Id').fill(`${id}/#`);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog.getByText('The id is a part of its topics')).toBeVisible();
  await expectAccessible(page);
  await dialog.getByLabel('Id').fill(id);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  const panel = page.getByRole('dialog', { name: id, exact: true });
  await expect(panel.getByText('It has no credential of its own')).toBeVisible();
  return panel;
}

/** What stands in a box that can be copied. */
function shown(page: Page, label: string): Promise<string> {
  return page.getByRole('group', { name: label, exact: true }).locator('code').innerText();
}

/** Makes a token on the page; gives it with its user name. */
async function makeToken(page: Page, panel: Locator) {
  await panel.getByRole('button', { name: 'New token' }).click();
  await page.getByRole('button', { name: 'Make token' }).click();
  await expect(page.getByRole('dialog', { name: 'The token is made' })).toBeVisible();
  const made = { username: await shown(page, 'User name'), password: await shown(page, 'Token') };
  await expectAccessible(page);
  return made;
}

async function connect(url: string, options: IClientOptions): Promise<MqttClient> {
  const client = await within(
    OUTSIDE_MS,
    mqtt.connectAsync(url, { reconnectPeriod: 0, ...options }),
    () => `There is no connection to ${url} after ${OUTSIDE_MS} ms.`,
  );
  client.on('error', () => undefined);
  return client;
}

function ended(client: MqttClient): Promise<void> {
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  return within(OUTSIDE_MS, closed, () => 'The connection of the device is still open.');
}

test('a token that was made on the page signs a device in, and revoking it there closes its connection', async ({
  home: page,
  product,
}) => {
  const panel = await addDevice(page, product, 'freezer-17');
  const first = await makeToken(page, panel);
  const line = await shown(page, 'Try it by HTTP');
  expect(await shown(page, 'Try it by MQTT')).toContain(`-p ${product.mqttPort} `);
  expect(line).toContain(`curl ${product.url}/ingest/freezer-17 `);
  const device = await connect(product.mqttUrl, first);
  await device.publishAsync('devices/freezer-17/telemetry', '{"temperature":-18.5}', { qos: 1 });
  const sent = await page.request.post(`${product.url}/ingest/freezer-17`, {
    headers: { authorization: `Bearer ${first.password}`, 'content-type': 'application/json' },
    data: '{"door":"shut"}',
  });
  expect(sent.status()).toBe(202);
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await expect(panel.getByText('−18.5')).toBeVisible();
  await expect(panel.getByText('shut')).toBeVisible();
  const rows = panel.getByRole('list', { name: 'Credentials' }).getByRole('listitem');
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText('last used', { timeout: 30_000 });
  await expect(rows.first()).toContainText('by ada@example.org');
  await expect(panel.getByText(first.password)).toHaveCount(0);

  // Rotation: the new one counts beside the old one, whose connection goes on.
  const second = await makeToken(page, panel);
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await expect(rows).toHaveCount(2);
  await expect(panel.getByText('All of them count.')).toBeVisible();
  const renewed = await connect(product.mqttUrl, second);
  await expectAccessible(page);

  const closed = ended(device);
  // The oldest comes first.
  await rows.first().getByRole('button', { name: 'Revoke…' }).click();
  const question = page.getByRole('alertdialog');
  await expect(question).toContainText('close at once');
  await expectAccessible(page);
  await question.getByRole('button', { name: 'Revoke' }).click();
  await closed;
  await expect(rows).toHaveCount(1);
  await expect(connect(product.mqttUrl, first)).rejects.toThrow(/Bad username or password|Not authorized/);
  await renewed.publishAsync('devices/freezer-17/telemetry', '{"temperature":-19}', { qos: 1 });
  await renewed.endAsync(true);
});

test('a request that was signed on the page is a certificate that signs in over TLS, until it is revoked', async ({
  browser,
  start,
}) => {
  const files = { cert: test.info().outputPath('server.pem'), key: test.info().outputPath('server.key') };
  const server = makeServerCertificate(Date.now());
  await writeFile(files.cert, server.cert);
  await writeFile(files.key, server.key);
  const product = await start({ tls: files });
  const context = await browser.newContext({ ignoreHTTPSErrors: true, acceptDownloads: true });
  const page = await context.newPage();
  await signIn(page, product);
  const panel = await addDevice(page, product, 'pump-3');
  await panel.getByRole('button', { name: 'Sign a certificate' }).click();
  const dialog = page.getByRole('dialog', { name: 'Sign a certificate for “pump-3”' });
  const text = dialog.getByLabel('Certificate request');
  const sign = dialog.getByRole('button', { name: 'Sign', exact: true });
  await text.fill(server.key);
  await sign.click();
  await expect(dialog.getByText('private key in it')).toBeVisible();
  const { request, key } = makeRequest('somebody else');
  await text.fill(request.replace(/\n.{20}/, '\nAAAAAAAAAAAAAAAAAAAA'));
  await sign.click();
  await expect(dialog.getByText('The certificate request is not one')).toBeVisible();
  await expectAccessible(page);
  await text.fill(request);
  await sign.click();
  await expect(page.getByRole('dialog', { name: 'The certificate is signed' })).toBeVisible();
  await expectAccessible(page);
  expect(await shown(page, 'Try it by MQTT')).toContain(`-p ${product.mqttsPort} `);
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the certificate' }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe('pump-3.pem');
  const cert = await readFile(await saved.path(), 'utf8');
  await page.getByRole('button', { name: 'Done' }).click();

  const url = `mqtts://127.0.0.1:${product.mqttsPort}`;
  const device = await connect(url, { ca: server.cert, cert, key });
  await device.publishAsync('devices/pump-3/telemetry', '{"flow":12.5}', { qos: 1 });
  await expect(panel.getByText('12.5')).toBeVisible();
  await panel.getByText('The CA of this workspace').click();
  await expect(panel.getByText('It signs the certificates of devices')).toBeVisible();
  const savingCa = page.waitForEvent('download');
  await panel.getByRole('button', { name: 'Save the CA certificate' }).click();
  expect(await readFile(await (await savingCa).path(), 'utf8')).toContain('-----BEGIN CERTIFICATE-----');
  await expectAccessible(page);

  const closed = ended(device);
  await panel.getByRole('button', { name: 'Revoke…' }).click();
  await expect(page.getByRole('alertdialog')).toContainText('the last one of this device');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click();
  await closed;
  await expect(connect(url, { ca: server.cert, cert, key })).rejects.toThrow(/Not authorized/);
  await context.close();
});

test('a flow publishes to a broker of a private CA that knows it by its certificate', async ({
  browser,
  page,
  start,
}) => {
  // The outside broker: one with a certificate that nobody's system trusts, and devices with certificates of its own.
  const files = { cert: test.info().outputPath('server.pem'), key: test.info().outputPath('server.key') };
  const server = makeServerCertificate(Date.now());
  await writeFile(files.cert, server.cert);
  await writeFile(files.key, server.key);
  const plant = await start({ tls: files });
  // A context of its own: cookies know nothing of ports.
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const far = await context.newPage();
  await signIn(far, plant);
  await ok(far, plant, '/api/devices', { id: 'pump-3', name: 'Pump 3' });
  const { request, key } = makeRequest('pump-3');
  const { certificate } = await ok(far, plant, '/api/devices/pump-3/credentials/certificate', { request });

  const product = await start();
  await signIn(page, product);
  await page.goto(`${product.url}/connections`);
  await page.getByRole('button', { name: 'New connection' }).click();
  await page.getByRole('menuitem', { name: 'MQTT broker' }).click();
  const panel = page.getByRole('dialog', { name: 'New MQTT broker' });
  await panel.getByLabel('Name', { exact: true }).fill('Plant');
  await panel.getByLabel('Address').fill(`mqtts://127.0.0.1:${plant.mqttsPort}`);
  await panel.getByText('Private CA and client certificate').click();
  await panel.getByLabel('Private CA', { exact: true }).fill('our CA');
  await panel.getByLabel('Client certificate', { exact: true }).fill(String(certificate));
  await panel.getByRole('button', { name: 'Save' }).click();
  await expect(panel.getByText('This is no certificate in PEM')).toBeVisible();
  await expect(panel.getByText('go together. Write this one, too.')).toBeVisible();
  await expectAccessible(page);
  await panel.getByLabel('Private CA', { exact: true }).fill(server.cert);
  await panel.getByLabel('Private key', { exact: true }).fill(makeRequest('another').key);
  await panel.getByRole('button', { name: 'Save' }).click();
  await expect(panel.getByText('private key that is not the one of its client certificate')).toBeVisible();
  await panel.getByLabel('Private key', { exact: true }).fill(key);
  await panel.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('“Plant” is saved')).toBeVisible();
  await expect(page.getByText('private key set')).toBeVisible();
  await page.getByRole('button', { name: 'Edit Plant' }).click();
  const saved = page.getByRole('dialog', { name: 'Plant' });
  await expect(saved.getByLabel('Client certificate', { exact: true })).toHaveValue(
    String(certificate).trim(),
  );
  await expect(saved.getByLabel('Private key', { exact: true })).toHaveValue('');
  await expectAccessible(page);

  const connections = await page.request.get(`${product.url}/api/connections`);
  const [, { id: connection } = { id: '' }] = (await connections.json()) as { id: string }[];
  const flow = await createFlow(page, product, 'To the plant', {
    nodes: [node('in', 'device-input', 0), node('out', 'mqtt-out', 264, { connection, qos: 1 })],
    wires: [wire('in.out > out.in')],
  });
  await deployFlow(page, product, flow);
  const device = await connect(product.mqttUrl, {});
  await device.publishAsync('devices/pump-3/telemetry', '{"flow":12.5}', { qos: 1 });
  await far.goto(`${plant.url}/devices`);
  await expect(far.getByRole('row', { name: /Pump 3/ })).toContainText('12.5');
  await device.endAsync(true);
  await context.close();
});

test('who may not give credentials sees none of it', async ({ home, browser, product }) => {
  const { link } = await ok(home, product, '/api/invitations', {
    email: 'vera@example.org',
    role: 'viewer',
  });
  await ok(home, product, '/api/devices', { id: 'gate-9', name: 'Gate 9' });
  const context = await browser.newContext();
  const page = await context.newPage();
  const token = String(link).split('#token=')[1];
  await ok(page, product, '/api/invitation/accept', {
    token,
    name: 'Vera',
    password: 'horse battery correct',
  });
  await page.goto(`${product.url}/devices`);
  await page.getByRole('button', { name: 'Gate 9' }).click();
  const panel = page.getByRole('dialog', { name: 'Gate 9' });
  await expect(panel.getByText('Last values')).toBeVisible();
  await expect(panel.getByText('How it signs in')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Add a device' })).toHaveCount(0);
  await context.close();
});

async function ok(
  page: Page,
  product: Product,
  path: string,
  data: object,
): Promise<Record<string, unknown>> {
  const answer = await page.request.post(`${product.url}${path}`, { data });
  expect(answer.status(), await answer.text()).toBe(200);
  return (await answer.json()) as Record<string, unknown>;
}
