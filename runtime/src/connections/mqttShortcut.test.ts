import { Duplex, Writable } from 'node:stream';
import fc from 'fast-check';
import type { IPublishPacket } from 'mqtt';
import { MqttClient } from 'mqtt';
import { expect, it } from 'vitest';
import type { Outgoing } from './mqttBurst.ts';
import { encodeBurst } from './mqttBurst.ts';
import type { ShortcutOptions } from './mqttShortcut.ts';
import { shortcut } from './mqttShortcut.ts';

const PINGRESP = Buffer.from([0xd0, 0]);
const CONNACK = Buffer.from([0x20, 2, 0, 0]);

function publish(packet: Partial<Outgoing>, id = 0): Buffer {
  const whole = { topic: 't', payload: Buffer.alloc(0), qos: 0, retain: false, ...packet } as const;
  return encodeBurst([whole], () => id);
}
/** PUBLISH of QoS 2 on the topic `x`, which is for mqtt.js. */
const exact = (id: number) => Buffer.from([0x34, 5, 0, 1, 0x78, id >> 8, id & 255]);
const puback = (id: number) => Buffer.from([0x40, 2, id >> 8, id & 255]);

/** A packet, and how it is called when it comes out: by `take`, by `acknowledged`, or by mqtt.js. */
interface Sample {
  readonly bytes: Buffer;
  readonly name: string;
}
const sampleOf = (kind: number, index: number, length: number): Sample => {
  const payload = Buffer.alloc(length, index);
  const id = index + 1;
  switch (kind) {
    case 0:
      return { bytes: publish({ topic: `topic/${index}`, payload }), name: `0 topic/${index} ${length}` };
    case 1:
      return {
        bytes: publish({ topic: `höhe/${index}`, payload, qos: 1, retain: true }, id),
        name: `1 höhe/${index} ${length} ${id} retained`,
      };
    case 2:
      return { bytes: puback(0x8000 + index), name: `answer ${0x8000 + index}` };
    case 3:
      return { bytes: puback(id), name: `for mqtt.js: 40 ${id}` };
    case 4:
      return { bytes: exact(id), name: `for mqtt.js: 34 ${id}` };
    default:
      return { bytes: PINGRESP, name: 'for mqtt.js: d0' };
  }
};

/** What came by which way, in order. Answers have an order of their own: nothing that arrives depends on them. */
function reader(options: Partial<ShortcutOptions> = {}) {
  const seen: string[] = [];
  const answers: string[] = [];
  let rest: Buffer = Buffer.alloc(0);
  const to = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      rest = Buffer.concat([rest, chunk]);
      for (let length = lengthOf(rest); length <= rest.length; length = lengthOf(rest)) {
        const name = slowName(rest.subarray(0, length));
        (isAnswer(name) ? answers : seen).push(name);
        rest = rest.subarray(length);
      }
      // mqtt.js takes its time too.
      setImmediate(done);
    },
  });
  const { read } = shortcut({
    to,
    isOpen: () => true,
    take: (taken) => {
      for (const { packet, packetId } of taken) {
        const { topic, payload, qos, retain } = packet;
        const id = qos === 1 ? ` ${packetId}` : '';
        seen.push(`${qos} ${topic} ${payload.length}${id}${retain ? ' retained' : ''}`);
      }
    },
    acknowledged: (id) => id >= 0x8000 && answers.push(`answer ${id}`) > 0,
    hasRoom: () => true,
    whenRoom: () => undefined,
    ...options,
  });
  const write = (bytes: Buffer) => new Promise<void>((resolve) => read(bytes, () => resolve()));
  return { seen, answers, write };
}

const isAnswer = (name: string) => name.startsWith('answer');
/** How all of these come out. */
const expected = (all: readonly Sample[]) => ({
  seen: all.map(({ name }) => name).filter((name) => !isAnswer(name)),
  answers: all.map(({ name }) => name).filter(isAnswer),
});

/** A packet that came to mqtt.js: what was split goes there too, and is called as if it had been taken. */
function slowName(packet: Buffer): string {
  const first = packet[0] ?? 0;
  if (first === 0xd0) return 'for mqtt.js: d0';
  if (first === 0x40) {
    const id = packet.readUInt16BE(2);
    return id >= 0x8000 ? `answer ${id}` : `for mqtt.js: 40 ${id}`;
  }
  if (first === 0x34) return `for mqtt.js: 34 ${packet.readUInt16BE(5)}`;
  let body = 1;
  while ((packet[body] ?? 0) > 127) body += 1;
  const topicAt = body + 3;
  const topicEnd = topicAt + packet.readUInt16BE(topicAt - 2);
  const topic = packet.toString('utf8', topicAt, topicEnd);
  if (first === 0x30) return `0 ${topic} ${packet.length - topicEnd}`;
  return `1 ${topic} ${packet.length - topicEnd - 2} ${packet.readUInt16BE(topicEnd)} retained`;
}

function lengthOf(bytes: Buffer): number {
  let length = 0;
  for (let at = 1; at < bytes.length && at < 5; at += 1) {
    const byte = bytes[at] ?? 0;
    length += (byte & 127) * 128 ** (at - 1);
    if (byte < 128) return at + 1 + length;
  }
  return Number.POSITIVE_INFINITY;
}

const samples = fc
  .array(fc.tuple(fc.nat({ max: 5 }), fc.constantFrom(0, 1, 100, 117, 118, 119, 127, 128, 5_000, 20_000)), {
    maxLength: 40,
  })
  .map((drawn) => drawn.map(([kind, length], index) => sampleOf(kind, index, length)));

it('[EN4] brings every packet by one way, whole and in order, however the stream is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      samples,
      fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1 }),
      async (all, cuts) => {
        const bytes = Buffer.concat(all.map((sample) => sample.bytes));
        const { seen, answers, write } = reader();
        for (let at = 0, cut = 0; at < bytes.length; cut += 1) {
          const size = cuts[cut % cuts.length] ?? 1;
          await write(bytes.subarray(at, at + size));
          at += size;
        }
        expect({ seen, answers }).toEqual(expected(all));
      },
    ),
    { numRuns: 150 },
  );
});

it.each([1, 2, 3, 5])('[EN4] the same in pieces of %i bytes', async (size) => {
  const all = Array.from({ length: 60 }, (_, index) => sampleOf(index % 6, index, index * 5));
  const bytes = Buffer.concat(all.map((sample) => sample.bytes));
  const { seen, answers, write } = reader();
  for (let at = 0; at < bytes.length; at += size) await write(bytes.subarray(at, at + size));
  expect({ seen, answers }).toEqual(expected(all));
});

it('[EN2] what comes in one piece is taken in one go, 512 packets at most', async () => {
  const sizes: number[] = [];
  const { write } = reader({ take: (taken) => void sizes.push(taken.length) });
  const bytes = Buffer.concat(Array.from({ length: 700 }, () => publish({ topic: 'a' })));
  await write(bytes);
  expect(sizes).toEqual([512, 188]);
});

it('takes what comes whole itself, so that mqtt.js has no work with it', async () => {
  const own = [publish({ topic: 'a' }), publish({ topic: 'b', qos: 1 }, 7), puback(0x8001)];
  const forMqttJs: string[] = [];
  const to = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      forMqttJs.push(chunk.toString('hex'));
      done();
    },
  });
  const { seen, answers, write } = reader({ to });
  await write(Buffer.concat([...own, PINGRESP, ...own]));
  expect(forMqttJs).toEqual(['d000']);
  expect(seen).toEqual(['0 a 0', '1 b 0 7', '0 a 0', '1 b 0 7']);
  expect(answers).toEqual(['answer 32769', 'answer 32769']);
});

it('leaves all to mqtt.js before the connection is open', async () => {
  let isOpen = false;
  const { seen, write } = reader({
    isOpen: () => isOpen,
    take: (taken) => taken.forEach(({ packet }) => seen.push(`taken ${packet.topic}`)),
  });
  await write(Buffer.concat([publish({ topic: 'early' }), exact(1)]));
  isOpen = true;
  await write(publish({ topic: 'late' }));
  expect(seen).toEqual(['0 early 0', 'for mqtt.js: 34 1', 'taken late']);
});

it.each([
  ['a topic longer than its packet', [0x30, 3, 0, 9, 65]],
  ['no topic', [0x30, 2, 0, 0]],
  ['a duplicate of QoS 0 [MQTT-3.3.1-2]', [0x38, 3, 0, 1, 65]],
  ['QoS 1 without a packet id', [0x32, 4, 0, 1, 65, 1]],
  ['QoS 1 with the packet id 0 [MQTT-2.3.1-1]', [0x32, 5, 0, 1, 65, 0, 0]],
  ['both QoS bits [MQTT-3.3.1-4]', [0x36, 5, 0, 1, 65, 0, 1]],
  ['a length of more than four bytes', [0x30, 0x83, 0x80, 0x80, 0x80, 0x00]],
  ['PUBACK with flags', [0x41, 2, 0x80, 1]],
  ['PUBACK that is too long', [0x40, 3, 0x80, 1, 1]],
])('leaves what is malformed to mqtt.js, which refuses it: %s', async (_what, bytes) => {
  let given = 0;
  const to = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      given += chunk.length;
      done();
    },
  });
  const { seen, write } = reader({ to });
  await write(Buffer.from(bytes));
  expect([seen, given]).toEqual([[], bytes.length]);
});

it('[EN5] the answer to CONNECT is read though there is no room: what makes room may wait for the connection', async () => {
  const given: string[] = [];
  const to = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      given.push(chunk.toString('hex'));
      done();
    },
  });
  const { write } = reader({
    to,
    isOpen: () => false,
    hasRoom: () => false,
    whenRoom: () => expect.unreachable(),
  });
  await write(CONNACK);
  expect(given).toEqual([CONNACK.toString('hex')]);
});

it('[EN5] reads nothing on while there is no room, and goes on where it stopped', async () => {
  const all = Array.from({ length: 60 }, (_, index) => sampleOf(index % 6, index, index * 5));
  const waiting: (() => void)[] = [];
  const { seen, answers, write } = reader({
    hasRoom: () => false,
    whenRoom: (readOn) => void waiting.push(readOn),
  });
  const written = write(Buffer.concat(all.map((sample) => sample.bytes)));
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  let stops = 0;
  for (let turns = 0; turns < 1_000 && seen.length + answers.length < all.length; turns++) {
    await turn();
    if (waiting.length === 0) continue;
    const before = seen.length;
    await turn();
    expect(seen).toHaveLength(before);
    stops += 1;
    waiting.shift()?.();
  }
  waiting.shift()?.();
  await written;
  expect(stops).toBeGreaterThan(3);
  expect({ seen, answers }).toEqual(expected(all));
});

/** What mqtt.js reads in these bytes. */
async function readByMqttJs(bytes: Buffer, count: number): Promise<IPublishPacket[]> {
  const stream = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  const client = new MqttClient(() => stream, {
    reconnectPeriod: 0,
    keepalive: 0,
    protocolVersion: 4,
    log: () => undefined,
  });
  const read: IPublishPacket[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  client.on('packetreceive', (packet) => {
    if (packet.cmd === 'publish' && read.push(packet) === count) resolve();
  });
  client.on('error', (error) => {
    throw error;
  });
  stream.push(CONNACK);
  stream.push(bytes);
  if (count > 0) await promise;
  client.end(true);
  return read;
}

it('what is written here mqtt.js reads as it was meant', async () => {
  const outgoing = fc.record({
    topic: fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 200 })
      .filter((text) => !/[+#\0]/.test(text)),
    payload: fc.uint8Array({ maxLength: 20_000 }),
    qos: fc.constantFrom(0, 1),
    retain: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(outgoing, { maxLength: 20 }), async (packets) => {
      let id = 0x7ff0;
      const read = await readByMqttJs(
        encodeBurst(packets, () => (id += 1)),
        packets.length,
      );
      let expected = 0x7ff0;
      expect(
        read.map(({ topic, payload, qos, retain, messageId }) => [
          topic,
          [...Buffer.from(payload)],
          qos,
          retain,
          messageId,
        ]),
      ).toEqual(
        packets.map(({ topic, payload, qos, retain }) => [
          topic,
          [...payload],
          qos,
          retain,
          qos === 1 ? (expected += 1) : undefined,
        ]),
      );
    }),
    { numRuns: 60 },
  );
});
