import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import { startTestBroker } from '../broker/testingSignIn.ts';
import { systemTime } from '../runner/time.ts';
import { makeServerPem } from '../server/credentials/testingTls.ts';
import { openMqtt } from './mqtt.ts';
import { collect, never, packet, stopAll, stops } from './testingMqtt.ts';
import { eventually } from '../testingPatience.ts';

afterEach(stopAll);

async function setUp() {
  const files = await makeServerPem();
  const trusted = getCACertificates('default');
  setDefaultCACertificates([...trusted, files.cert]);
  onTestFinished(() => setDefaultCACertificates(trusted));
  const { broker } = await startTestBroker({ tls: { port: 0, host: '127.0.0.1', files } });
  const connection = openMqtt({
    connection: {
      id: 'plant',
      name: 'Plant',
      type: 'mqtt',
      config: { url: `mqtts://localhost:${broker.tlsPort}`, username: 'b/' },
      secrets: { password: 'x' },
    },
    instance: 'test',
    scheduler: systemTime,
    retryMs: 100,
  });
  stops.push(() => connection.close());
  return { broker, connection };
}

it('a flow’s connection speaks TLS with the built-in broker: many packets and large ones, in order', async () => {
  const { connection } = await setUp();
  const { got, receive, texts } = collect();
  await connection.api.subscribe('a', 1, receive);
  const sent = Array.from(
    { length: 2_000 },
    (_, number) => `${number} ${number % 500 === 0 ? 'x'.repeat(200_000) : ''}`,
  );
  await Promise.all(sent.map((text) => connection.api.publish(packet(text, 1), never())));
  await eventually(() => {
    for (const { acknowledge } of got) acknowledge();
    expect(got).toHaveLength(sent.length);
  });
  expect(texts()).toEqual(sent);
});

it('and begins anew with another certificate of the broker', async () => {
  const { broker, connection } = await setUp();
  const { receive, texts } = collect();
  await connection.api.subscribe('a', 0, receive);
  const next = await makeServerPem('next.localhost');
  setDefaultCACertificates([...getCACertificates('default'), next.cert]);
  broker.changeTls(next);
  broker.closeCredential('b/');
  await eventually(async () => {
    await connection.api.publish(packet('again', 1), never());
    expect(texts()).toContain('again');
  });
});
