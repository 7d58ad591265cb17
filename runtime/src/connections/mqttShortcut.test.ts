import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { encodeBurst } from './mqttBurst.ts';
import { shortcut } from './mqttShortcut.ts';

/** PUBLISH of QoS 1 on the topic `q`, which is for mqtt.js, with a number as its packet id. */
const confirmed = (id: number) => Buffer.from([0x32, 5, 0, 1, 0x71, id >> 8, id & 255]);
const plain = (text: string, bytes = 0) =>
  encodeBurst([{ topic: text, payload: Buffer.alloc(bytes, 65), qos: 0, retain: false }], () => 0);

/** What came by which way, in order: texts for what was taken, packets for what mqtt.js got. */
function reader(options: { readonly isOpen?: () => boolean; readonly roomEvery?: number } = {}) {
  const seen: string[] = [];
  const waiting: (() => void)[] = [];
  let rest: Buffer = Buffer.alloc(0);
  const to = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      rest = Buffer.concat([rest, chunk]);
      for (let length = lengthOf(rest); length <= rest.length; length = lengthOf(rest)) {
        seen.push(nameOf(rest.subarray(0, length)));
        rest = rest.subarray(length);
      }
      // mqtt.js takes its time too.
      setImmediate(done);
    },
  });
  const stream = shortcut({
    to,
    isOpen: options.isOpen ?? (() => true),
    take: ({ topic }) => void seen.push(topic),
    whenRoom: (readOn) => {
      if (options.roomEvery === undefined || seen.length % options.roomEvery > 0) readOn();
      else waiting.push(readOn);
    },
  });
  const write = (bytes: Buffer) => new Promise<void>((resolve) => stream.write(bytes, () => resolve()));
  return { seen, waiting, write };
}

function lengthOf(bytes: Buffer): number {
  if (bytes.length < 2) return Number.POSITIVE_INFINITY;
  if ((bytes[1] ?? 0) < 128) return 2 + (bytes[1] ?? 0);
  if (bytes.length < 3) return Number.POSITIVE_INFINITY;
  return 3 + ((bytes[1] ?? 0) & 127) + (bytes[2] ?? 0) * 128;
}

function nameOf(packet: Buffer): string {
  const body = (packet[1] ?? 0) < 128 ? 2 : 3;
  if (packet[0] === 0x32) return `q${packet.readUInt16BE(5)}`;
  return packet.toString('utf8', body + 2, body + 2 + packet.readUInt16BE(body));
}

const names = Array.from({ length: 60 }, (_, index) => (index % 7 === 3 ? `q${index}` : `topic/${index}`));
const stream = Buffer.concat(
  names.map((name, index) => (name.startsWith('q') ? confirmed(index) : plain(name, index * 5))),
);

it.each([1, 2, 3, 5, 17, 64, 127, 1_000, 100_000])(
  '[EN4] keeps the order of packets that go both ways, in pieces of %i bytes',
  async (size) => {
    const { seen, write } = reader();
    for (let at = 0; at < stream.length; at += size) await write(stream.subarray(at, at + size));
    expect(seen).toEqual(names);
  },
);

it('leaves all to mqtt.js before the connection is open, and what is broken as well', async () => {
  let isOpen = false;
  const { seen, write } = reader({ isOpen: () => isOpen });
  await write(Buffer.concat([plain('early'), confirmed(1)]));
  isOpen = true;
  await write(plain('late'));
  // A topic that is longer than its packet.
  await write(Buffer.from([0x30, 3, 0, 9, 65]));
  expect(seen.slice(0, 3)).toEqual(['early', 'q1', 'late']);
  expect(seen).toHaveLength(4);
});

it('[EN5] reads nothing on while there is no room, and goes on where it stopped', async () => {
  const { seen, waiting, write } = reader({ roomEvery: 4 });
  const written = write(stream);
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  for (let stops = 0; stops < 12; stops++) {
    for (let turns = 0; turns < 8 && waiting.length === 0; turns++) await turn();
    const before = seen.length;
    await turn();
    if (waiting.length > 0) expect(seen).toHaveLength(before);
    waiting.shift()?.();
  }
  for (let turns = 0; turns < 200 && seen.length < names.length; turns++) {
    await turn();
    waiting.shift()?.();
  }
  await written;
  expect(seen).toEqual(names);
});
