import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { keepNoPacketNumbers } from './packetNumbers.ts';

const require = createRequire(import.meta.url);

it('the writer that aedes uses keeps no buffer for each packet number, and writes the same', () => {
  keepNoPacketNumbers();
  const ofAedes = createRequire(require.resolve('aedes'));
  const { generate } = ofAedes('mqtt-packet') as { generate(packet: object): Buffer };
  expect(generate({ cmd: 'puback', messageId: 0x1234 })).toEqual(Buffer.from([0x40, 2, 0x12, 0x34]));
  const { cache } = ofAedes('mqtt-packet/numbers') as { cache: object };
  expect(Object.keys(cache)).toEqual([]);
});
