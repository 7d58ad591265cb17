import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sessionsOf } from './identity.ts';
import { openJournal } from './journal.ts';
import { joinAs, startTestBroker } from './testingSignIn.ts';
import { eventually } from '../testingPatience.ts';

const DEVICE = 'main/freezer-1';
const CLIENT = `${sessionsOf({ kind: 'device', workspace: 'main', device: 'freezer-1', credential: '', expiresAt: undefined })}c`;

/** A folder in which the session of a device has filters, and messages that wait, from when it was allowed more. */
async function folderFromBefore() {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-broker-'));
  const journal = openJournal(join(folder, 'broker.db'), (run) => run());
  const topics = ['devices/freezer-2/orders', 'devices/freezer-1/orders', 'alerts/north'];
  journal.put(`session:${encodeURIComponent(CLIENT)}`, [
    { topic: 'devices/+/orders', qos: 1 },
    { topic: '#', qos: 0 },
    { topic: 'devices/freezer-1/orders', qos: 1 },
  ]);
  for (const [index, topic] of topics.entries()) {
    const key = `queue:${encodeURIComponent(CLIENT)}:${String(index + 1).padStart(16, '0')}`;
    journal.put(key, { cmd: 'publish', topic, payload: Buffer.from('waiting'), qos: 1, retain: false });
  }
  await journal.committed();
  journal.close();
  return folder;
}

describe('a session from when its device was allowed more', () => {
  it('is sent what it may have now, of its queue and of what comes, and nothing else', async () => {
    const { broker } = await startTestBroker({ folder: await folderFromBefore() });
    const { client, messages } = await joinAs(broker, DEVICE, { clientId: 'c', clean: false });
    await eventually(() => expect(messages).toEqual(['devices/freezer-1/orders waiting']));

    const local = await joinAs(broker);
    for (const qos of [0, 1] as const)
      for (const topic of ['devices/freezer-2/orders', 'alerts/north', 'devices/freezer-1/orders'])
        await local.client.publishAsync(topic, `new ${qos}`, { qos });
    const own = ['waiting', 'new 0', 'new 1'].map((text) => `devices/freezer-1/orders ${text}`);
    await eventually(() => expect(messages.toSorted()).toEqual(own.toSorted()));

    await client.endAsync();
    await local.client.publishAsync('devices/freezer-2/orders', 'later', { qos: 1 });
    await local.client.publishAsync('devices/freezer-1/orders', 'later', { qos: 1 });
    const again = await joinAs(broker, DEVICE, { clientId: 'c', clean: false });
    await eventually(() => expect(again.messages).toEqual(['devices/freezer-1/orders later']));
  });
});
