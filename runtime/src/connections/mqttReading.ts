import type { IPublishPacket, MqttClient } from 'mqtt';
import type { Stop } from '@sluice/shared/node/context.ts';
import type { Scheduler } from '../engine/shell.ts';
import type { Tracked } from './acknowledgements.ts';
import { createAcknowledgements } from './acknowledgements.ts';
import type { TakenPacket } from './mqttShortcut.ts';
import { shortcut } from './mqttShortcut.ts';
import { readBy } from './mqttSocket.ts';
import type { Delivery } from './mqttDelivery.ts';
import { deliveryOf } from './mqttDelivery.ts';
import type { Inbox } from './mqttInbox.ts';

/** Packets of QoS 1 and 2 that may be under way at once; the broker's own limit is lower as a rule. */
const MAX_UNDER_WAY = 4_096;

/**
 * How much is read without room for it while the broker's answers to our own packets are awaited: they come behind what it
 * has sent already, and what would make room may wait for nothing else. Each packet counts as this much more than its
 * payload.
 */
const MOST_AHEAD_BYTES = 16_000_000;
const PACKET_BYTES = 400;

/** While nothing is read, the broker's answers to pings are not read either, so that pings have to be sent by hand. */
const PING_MS = 10_000;

/** First bytes of PUBACK and PUBREC (MQTT 3.1.1, sections 3.4 and 3.5): type, length 2, packet id. */
const FIRST_BYTE = { 1: 0x40, 2: 0x50 } as const;

export interface ReadingOptions {
  readonly client: MqttClient;
  readonly inbox: Inbox;
  readonly scheduler: Scheduler;
  /** The broker has taken what was published at QoS 1 under this packet id. False for an id that is not ours. */
  readonly acknowledged: (packetId: number) => boolean;
  /** Answers to packets of QoS 1 and 2 that we have sent are to come. */
  readonly awaitsAnswers: () => boolean;
}

export interface MqttReading {
  /** Reads on after there was no room, or when answers are awaited. */
  resume(): void;
  close(): void;
}

/**
 * Lets the client read on while packets are under way, and acknowledges each when it is settled (EN6).
 *
 * Most packets never come to mqtt.js (`shortcut`). Of those that do, it acknowledges QoS 1 when `handleMessage` calls
 * back and reads nothing until then. A callback with an error makes it read on without acknowledging; for QoS 2 an
 * error of `customHandleAcks` does the same before PUBREC. The acknowledgements are written here, many in one write.
 */
export function readLate(options: ReadingOptions): MqttReading {
  const { client, inbox, scheduler, acknowledged, awaitsAnswers } = options;
  const acknowledgements = createAcknowledgements(() => scheduler.soon(write));
  const pause = createPause(client, scheduler);
  /** Taken since there was no room. */
  let aheadBytes = 0;
  const hasRoom = () => inbox.canRead && acknowledgements.underWay < MAX_UNDER_WAY;
  const mayRead = () => {
    if (!hasRoom()) return awaitsAnswers() && aheadBytes < MOST_AHEAD_BYTES;
    aheadBytes = 0;
    return true;
  };
  const resume = () => {
    if (pause.isOn && mayRead()) pause.end();
  };
  const write = () => {
    const owed = acknowledgements.take();
    if (owed.length > 0) client.stream.write(encodeAnswers(owed));
    resume();
  };

  const deliver = ({ packet, packetId }: TakenPacket): readonly Delivery[] => {
    if (packet.qos === 0) return [deliveryOf(packet, undefined)];
    const settle = acknowledgements.track(packetId, packet.qos, packet);
    return settle === undefined ? [] : [deliveryOf(packet, settle)];
  };
  const take = (taken: readonly TakenPacket[]) => {
    if (!hasRoom()) for (const { packet } of taken) aheadBytes += packet.payload.length + PACKET_BYTES;
    inbox.arrive(taken.flatMap(deliver));
  };
  const takeSlowly = (packet: IPublishPacket, done: (error: Error) => void) => {
    const { topic, qos, retain, dup: duplicate, messageId = 0 } = packet;
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    take([{ packet: { topic, payload, qos, retain, duplicate }, packetId: messageId }]);
    if (mayRead()) done(HELD_BACK);
    else pause.until(() => done(HELD_BACK));
  };

  readBy(client, scheduler, (stream, to) =>
    shortcut({
      to,
      isOpen: () => client.connected && client.stream === stream,
      take,
      acknowledged,
      hasRoom: mayRead,
      whenRoom: pause.until,
    }),
  );
  client.handleMessage = takeSlowly;
  client.options.customHandleAcks = (_topic, _payload, packet: IPublishPacket, done) => {
    if (packet.qos === 2) takeSlowly(packet, done);
    else done(0);
  };
  // Not the `connect` event: packets of the broker's backlog may be handled before it.
  client.on('packetreceive', (packet) => {
    if (packet.cmd === 'connack' && !packet.sessionPresent) acknowledgements.forget();
    if (packet.cmd === 'puback') acknowledged(packet.messageId ?? 0);
  });
  client.on('close', () => {
    acknowledgements.detach();
    pause.discard();
  });
  return {
    resume,
    close: () => {
      write();
      pause.discard();
    },
  };
}

function encodeAnswers(owed: readonly Tracked[]): Buffer {
  const bytes = Buffer.allocUnsafe(owed.length * 4);
  let at = 0;
  for (const { packetId, qos } of owed) {
    bytes[at] = FIRST_BYTE[qos];
    bytes[at + 1] = 2;
    at = bytes.writeUInt16BE(packetId, at + 2);
  }
  return bytes;
}

/** Tells mqtt.js not to acknowledge. Its `error` event passes it on for QoS 2; it is no failure. */
export const HELD_BACK = new Error('acknowledged later');

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
