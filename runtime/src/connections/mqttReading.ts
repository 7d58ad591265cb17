import type { IPublishPacket, MqttClient } from 'mqtt';
import type { Stop } from '@sluice/shared/node/context.ts';
import type { Scheduler } from '../engine/shell.ts';
import type { Tracked } from './acknowledgements.ts';
import { createAcknowledgements } from './acknowledgements.ts';
import type { PlainPublish } from './mqttShortcut.ts';
import { shortcut } from './mqttShortcut.ts';
import type { Inbox } from './mqttInbox.ts';

/** Packets of QoS 1 and 2 that may be under way at once; the broker's own limit is lower as a rule. */
const MAX_UNDER_WAY = 4_096;

/** While nothing is read, the broker's answers to pings are not read either, so that pings have to be sent by hand. */
const PING_MS = 10_000;

/** First bytes of PUBACK and PUBREC (MQTT 3.1.1, sections 3.4 and 3.5): type, length 2, packet id. */
const FIRST_BYTE = { 1: 0x40, 2: 0x50 } as const;

export interface MqttReading {
  /** Reads on after there was no room. */
  resume(): void;
  close(): void;
}

/**
 * Lets the client read on while packets are under way, and acknowledges each when it is settled (EN6).
 *
 * Left to itself mqtt.js acknowledges QoS 1 when `handleMessage` calls back and reads nothing until then. A callback
 * with an error makes it read on without acknowledging; for QoS 2 an error of `customHandleAcks` does the same before
 * PUBREC. The acknowledgements are then written here, many in one write.
 */
export function readLate(client: MqttClient, inbox: Inbox, scheduler: Scheduler): MqttReading {
  const writer = createWriter(client, scheduler);
  const acknowledgements = createAcknowledgements(writer.write);
  const pause = createPause(client, scheduler);
  const mayRead = () => inbox.canRead && acknowledgements.underWay < MAX_UNDER_WAY;
  const readOnWhenRoom = (done: (error: Error) => void) => {
    if (mayRead()) done(HELD_BACK);
    else pause.until(() => done(HELD_BACK));
  };
  const resume = () => {
    if (pause.isOn && mayRead()) pause.end();
  };

  const take = (packet: IPublishPacket) => {
    const { topic, qos, retain, dup } = packet;
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    const settle =
      qos === 0
        ? () => undefined
        : acknowledgements.track({ packetId: packet.messageId ?? 0, qos }, { topic, payload });
    if (settle === undefined) return;
    inbox.arrive({ topic, payload, qos, retain, duplicate: dup }, () => {
      settle();
      resume();
    });
  };

  takePlain(client, inbox, (readOn) => {
    if (mayRead()) readOn();
    else pause.until(readOn);
  });
  client.handleMessage = (packet, done) => {
    take(packet);
    readOnWhenRoom(done);
  };
  client.options.customHandleAcks = (_topic, _payload, packet: IPublishPacket, done) => {
    if (packet.qos !== 2) {
      done(0);
      return;
    }
    take(packet);
    readOnWhenRoom(done);
  };
  // Not the `connect` event: packets of the broker's backlog may be handled before it.
  client.on('packetreceive', (packet) => {
    if (packet.cmd === 'connack' && !packet.sessionPresent) acknowledgements.forget();
  });
  client.on('close', () => {
    writer.discard();
    acknowledgements.detach();
    pause.discard();
  });
  return {
    resume,
    close: () => {
      writer.flush();
      pause.discard();
    },
  };
}

/** What is not in the types of mqtt.js: how it opens a stream for each connection. */
interface WithStreams {
  streamBuilder: (client: MqttClient) => MqttClient['stream'];
}

/** Puts the shortcut into every connection that is opened from now on. */
function takePlain(client: MqttClient, inbox: Inbox, whenRoom: (readOn: () => void) => void): void {
  const streams = client as unknown as WithStreams;
  const build = streams.streamBuilder;
  streams.streamBuilder = (own) => {
    const stream = build(own);
    const pipe = stream.pipe.bind(stream);
    const take = ({ topic, payload, retain }: PlainPublish) =>
      inbox.arrive({ topic, payload, qos: 0, retain, duplicate: false }, () => undefined);
    const isOpen = () => client.connected && client.stream === stream;
    stream.pipe = (to) => {
      pipe(shortcut({ to, isOpen, take, whenRoom }));
      return to;
    };
    return stream;
  };
}

/** Tells mqtt.js not to acknowledge. Its `error` event passes it on for QoS 2; it is no failure. */
export const HELD_BACK = new Error('acknowledged later');

/** Collects the acknowledgements of one turn into one write. */
function createWriter(client: MqttClient, scheduler: Scheduler) {
  let owed: Tracked[] = [];
  const flush = () => {
    if (owed.length === 0) return;
    const bytes = Buffer.allocUnsafe(owed.length * 4);
    owed.forEach(({ packetId, qos }, index) => {
      bytes.writeUInt8(FIRST_BYTE[qos], index * 4);
      bytes.writeUInt8(2, index * 4 + 1);
      bytes.writeUInt16BE(packetId, index * 4 + 2);
    });
    owed = [];
    client.stream.write(bytes);
  };
  return {
    write: (tracked: readonly Tracked[]) => {
      if (owed.length === 0) scheduler.soon(flush);
      owed.push(...tracked);
    },
    flush,
    /** The connection is gone, and what was owed on it with it: the broker will send the packets again. */
    discard: () => {
      owed = [];
    },
  };
}

/** Reading that has stopped (EN5), with pings that keep the broker from giving up on us. */
function createPause(client: MqttClient, scheduler: Scheduler) {
  let readOn: (() => void) | undefined;
  let stopPings: Stop | undefined;
  const ping = () => {
    client.sendPing();
    client.reschedulePing(true);
    stopPings = scheduler.after(PING_MS, ping);
  };
  const discard = () => {
    readOn = undefined;
    void stopPings?.();
    stopPings = undefined;
  };
  return {
    get isOn() {
      return readOn !== undefined;
    },
    until: (next: () => void) => {
      readOn = next;
      stopPings ??= scheduler.after(PING_MS, ping);
    },
    end: () => {
      const next = readOn;
      discard();
      next?.();
    },
    discard,
  };
}
