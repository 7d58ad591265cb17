import { describe, expect, it } from 'vitest';
import type { RawSocket } from './testingHostile.ts';
import { openRaw, withHonestPage } from './testingHostile.ts';

// Whatever comes over the live socket ends that one connection or is refused. After each of it an honest page is
// answered, and the server has said nothing of an error of its own.

const EVENT_BYTES = 1_100_000;

/** The connection was ended, or goes on and answers what is right. */
async function endsOrGoesOn({ socket, closed, next }: RawSocket): Promise<'ended' | 'goes on'> {
  socket.send('4299["watch",{"flow":"a"}]');
  return Promise.race([
    closed.then(() => 'ended' as const),
    next('4399').then(
      () => 'goes on' as const,
      () => 'ended' as const,
    ),
  ]);
}

const DEEP = '['.repeat(200_000) + ']'.repeat(200_000);
const PACKETS: Readonly<Record<string, readonly (string | Uint8Array<ArrayBuffer>)[]>> = {
  'an unknown packet of engine.io': ['9', 'x', '', '6', '5upgrade', '2probe'],
  'an unknown packet of Socket.IO': ['4', '49', '47["watch",{}]', '4null', '4{}', '4\u0000'],
  'an event that is no list': [
    '42',
    '42{}',
    '42"watch"',
    '42null',
    '42[]',
    '42[null]',
    '42[{}]',
    '42[["watch"]]',
  ],
  'JSON that is cut off': ['42[', '42["watch"', '42["watch",{"flow":', '42["watch",{"flow":"a"}'],
  'JSON that is deep': [`42["watch",${DEEP}]`, `42["watch",{"flow":${DEEP}}]`, `451-["watch",${DEEP}]`],
  'an event of that no one knows': ['42["nonsense",{}]', '42["",{}]', `42["${'x'.repeat(500_000)}"]`],
  'an event of the library': [
    '42["error",{}]',
    '42["disconnect"]',
    '42["disconnecting"]',
    '42["connect"]',
    '42["connect_error",{}]',
    '42["newListener","x"]',
    '42["removeListener","x"]',
  ],
  'an event of JavaScript’s own': [
    '42["__proto__",{}]',
    '42["constructor",{}]',
    '42["toString"]',
    '42["hasOwnProperty","x"]',
  ],
  'keys of JavaScript’s own': [
    '42["watch",{"flow":"a","__proto__":{"polluted":1}}]',
    '42["watch",{"__proto__":{"flow":"a"}}]',
    '42["inject",{"flow":"a","node":"n","message":{"payload":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}},"headers":{"__proto__":{"polluted":1}}}}]',
    '42["watch",{"flow":"__proto__","nodes":["__proto__","constructor"]}]',
  ],
  'arguments of another type': [
    '42["watch"]',
    '42["watch",null]',
    '42["watch","a"]',
    '42["watch",[],{}]',
    '42["watch",{"flow":1}]',
    '42["watch",{"flow":"a","nodes":"n"}]',
    '42["pause",{"flow":"a","paused":"yes"}]',
    '42["watchDevices",{"on":{}}]',
    `42["watch",${'{},'.repeat(10_000)}{}]`,
  ],
  'an answer that nobody asked for': ['431[]', '43999999999999999999[{}]', '43["x"]', '431', '461-1[]'],
  'an id of an answer that is none': [
    '42-1["watch",{}]',
    '42999999999999999999999["watch",{"flow":"a"}]',
    '42NaN["watch"]',
  ],
  'attachments that never come': ['451-["watch",{"_placeholder":true,"num":0}]'],
  'attachments beyond all measure': [
    '45999999999999-["watch",{"_placeholder":true,"num":0}]',
    '45-["watch"]',
    '45x-["watch"]',
    '45-1-["watch"]',
    '451.5-["watch"]',
  ],
  'attachments at places that are none': [
    '451-["watch",{"_placeholder":true,"num":-1}]',
    new Uint8Array([1]),
    '451-["watch",{"_placeholder":true,"num":"__proto__"}]',
    new Uint8Array([1]),
    '451-["watch",{"_placeholder":true,"num":99}]',
    new Uint8Array([1]),
  ],
  'an attachment for nothing': [new Uint8Array([1, 2, 3]), new Uint8Array(0)],
  'bytes where an object belongs': ['451-["watch",{"_placeholder":true,"num":0}]', new Uint8Array(1_000)],
  'namespaces that are none': [
    '40/admin,',
    '40/__proto__,',
    '40/,',
    '40/admin,{"token":"x"}',
    '42/admin,["watch",{}]',
    '41/admin,',
  ],
  'a second sign-in': ['40', '40{"token":"x"}', '40{"token":{"__proto__":1}}'],
};

describe('a packet that nobody honest sends', () => {
  it.each(Object.entries(PACKETS))('%s', async (name, packets) => {
    const test = await withHonestPage();
    for (const packet of packets) {
      const raw = await openRaw(test, test.cookie);
      raw.socket.send(packet);
      // A socket that waits for an attachment takes no event meanwhile: it is ended by the next one.
      expect(['ended', 'goes on']).toContain(await endsOrGoesOn(raw));
      raw.socket.close();
    }
    // And all of them one after the other, by somebody who has not signed in.
    const stranger = await openRaw(test);
    for (const packet of packets) stranger.socket.send(packet);
    stranger.socket.close();
    await test.expectServed(name);
    // What was right but for its keys got in, with no key of JavaScript's own among them that would count.
    for (const { flow, message } of test.host.injected)
      expect([flow, 'polluted' in Object(message?.payload), 'polluted' in Object(message?.headers)]).toEqual([
        'a',
        false,
        false,
      ]);
  });

  it('a frame that is larger than any event closes its connection before all of it is read', async () => {
    const test = await withHonestPage();
    const raw = await openRaw(test, test.cookie);
    raw.socket.send(`42["watch",{"flow":"${'x'.repeat(EVENT_BYTES)}"}]`);
    expect([1006, 1009]).toContain(await raw.closed);
    await test.expectServed('a giant frame');
  });

  it('a thousand namespaces in one go end the connection of who has not signed in, or are refused one by one', async () => {
    const test = await withHonestPage();
    for (const cookie of [undefined, test.cookie]) {
      const raw = await openRaw(test, cookie);
      for (let count = 0; count < 1_000; count++) raw.socket.send(`40/n${count},`);
      await test.expectServed('a thousand namespaces');
      raw.socket.close();
      await raw.closed;
    }
  });
});
