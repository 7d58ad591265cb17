import type { Aedes, AedesPublishPacket } from 'aedes';
import type { ConnectedClient } from './delivery.ts';
import type { Guards } from './entrance.ts';
import type { Parts } from './hooks.ts';
import { placeOf } from './identity.ts';
import type { BrokerOptions } from './options.ts';
import { atMostEvery, LOG_AGAIN_MS } from './seldom.ts';

/** Follows what aedes tells: who came and went, and what was published. */
export function connectEvents(
  aedes: Aedes,
  { delivery, inbox, places }: Omit<Parts, 'sessions'>,
  guards: Guards,
  options: BrokerOptions,
): void {
  aedes.on('clientReady', (client) => delivery.ready(client as unknown as ConnectedClient));
  // Before its CONNACK goes out: aedes tells of that when it is written, and a client on this machine may be faster.
  aedes.on('client', (client) => guards.get(client.conn)?.accept());
  // One that takes the place of another connection of its own is in the list only when that has ended.
  aedes.on('connackSent', (connack, client) => {
    if (connack.returnCode === 0) guards.get(client.conn)?.accept();
  });
  aedes.on('clientDisconnect', (client) => places.left(client.id));
  aedes.on('publish', (packet, client) => {
    inbox.done(packet);
    places.done(packet);
    if (client !== null && !packet.topic.startsWith('$SYS/')) observe(options, packet);
  });
  // A client that comes again and again with the same trouble is told of once a minute.
  const note = atMostEvery(options.time, LOG_AGAIN_MS, (sentence) => options.log('note', sentence));
  aedes.on('clientError', (client, error) =>
    note(`The MQTT connection of “${client.id}” ended: ${error.message.replace(/\.$/, '')}.`),
  );
  aedes.on(
    'error' as 'closed',
    ((error: Error) =>
      options.log('error', `The broker cannot store messages: ${error.message}.`)) as () => void,
  );
}

function observe(options: BrokerOptions, packet: AedesPublishPacket): void {
  const { workspace, topic } = placeOf(packet.topic);
  const { payload } = packet;
  options.observe(topic, Buffer.isBuffer(payload) ? payload : Buffer.from(payload), workspace);
}
