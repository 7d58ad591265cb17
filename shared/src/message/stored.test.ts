import { expect, it } from 'vitest';
import { createMessage } from './message.ts';
import { fromStored, toStored } from './stored.ts';

it('[EN9] gives back the message that was stored, by way of JSON text', () => {
  const messages = [
    createMessage({ id: 'a', time: 5 }),
    createMessage({
      id: 'b',
      time: 6,
      topic: 't',
      device: 'd',
      payload: { a: [1, null] },
      headers: { qos: 1 },
    }),
    createMessage({ id: 'c', time: 7, payload: new Uint8Array([0, 255, 7]) }),
  ];
  for (const message of messages)
    expect(fromStored(JSON.parse(JSON.stringify(toStored(message))))).toEqual(message);
});
