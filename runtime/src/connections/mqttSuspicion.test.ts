import { expect, it } from 'vitest';
import { createSuspicion } from './mqttSuspicion.ts';

const packet = (text: string) => ({ topic: 'a', payload: Buffer.from(text), qos: 1, retain: false }) as const;
const packets = (...texts: string[]) => texts.map(packet);

it('blames a packet that was alone under way at three closes in a row', () => {
  const suspicion = createSuspicion();
  expect(suspicion.closed(packets('1', '2', '3'))).toBeUndefined();
  expect(suspicion.isOn).toBe(false);
  expect(suspicion.closed(packets('1', '2', '3'))).toBeUndefined();
  expect(suspicion.isOn).toBe(true);
  // One by one: the first two are fine.
  suspicion.acknowledged();
  suspicion.acknowledged();
  const blamed = [1, 2, 3].map(() => suspicion.closed(packets('3'))?.payload.toString());
  expect(blamed).toEqual([undefined, undefined, '3']);
});

it('blames nothing while it is always another packet, or nothing was under way', () => {
  const suspicion = createSuspicion();
  for (const text of ['1', '2', '3', '4', '5']) {
    expect(suspicion.closed(packets(text))).toBeUndefined();
    expect(suspicion.closed([])).toBeUndefined();
  }
  expect(suspicion.isOn).toBe(false);
});

it('trusts the broker again after many packets that it took', () => {
  const suspicion = createSuspicion();
  suspicion.closed(packets('1'));
  suspicion.closed(packets('1'));
  for (let count = 0; count < 511; count += 1) suspicion.acknowledged();
  expect(suspicion.isOn).toBe(true);
  suspicion.acknowledged();
  expect(suspicion.isOn).toBe(false);
});
