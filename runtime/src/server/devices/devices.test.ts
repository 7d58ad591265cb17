import { describe, expect, it, onTestFinished } from 'vitest';
import { fakeTime } from '../../runner/fakeTime.ts';
import { createAccountStore } from '../../storage/accounts.ts';
import { openDatabase } from '../../storage/database.ts';
import { createDeviceStore } from '../../storage/devices.ts';
import { DEVICE_CAPS, deviceOf } from './deviceRules.ts';
import { createDevices } from './devices.ts';
import { createRate } from './rate.ts';
import { createRegistry } from './registry.ts';

const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

function registryWith(payload: unknown) {
  const registry = createRegistry([], 0);
  registry.observe('devices/a/telemetry', bytes(payload), 1_000);
  return registry.get('a', 1_000);
}

describe('the device registry', () => {
  it('fills itself from what arrives', () => {
    expect(registryWith({ temperature: -18.5, door: false, state: 'ok' })).toEqual({
      id: 'a',
      name: 'a',
      model: '',
      tags: [],
      firstSeen: 1_000,
      lastSeen: 1_000,
      rate: 6,
      topic: 'devices/a/telemetry',
      measurements: {
        temperature: { value: -18.5, time: 1_000 },
        door: { value: false, time: 1_000 },
        state: { value: 'ok', time: 1_000 },
      },
    });
  });

  it('reads one level of nesting and leaves out what is no measurement', () => {
    const device = registryWith({
      a: { b: 1, c: { d: 2 } },
      list: [1],
      nothing: null,
      long: 'x'.repeat(201),
    });
    expect(Object.keys(device?.measurements ?? {})).toEqual(['a.b']);
  });

  it('keeps measurements that a later message does not have', () => {
    const registry = createRegistry([], 0);
    registry.observe('devices/a/telemetry', bytes({ t: 1, h: 2 }), 1);
    registry.observe('devices/a/telemetry', bytes({ t: 3 }), 2);
    expect(registry.get('a', 2)?.measurements).toEqual({
      t: { value: 3, time: 2 },
      h: { value: 2, time: 1 },
    });
  });

  it.each([
    ['not JSON', 'hello'],
    ['empty', ''],
    ['a list', '[1]'],
    ['a number', '5'],
    ['null', 'null'],
    ['10 MB', `{"a":"${'x'.repeat(10_000_000)}"}`],
  ])('takes no device from a payload that is %s', (_name, payload) => {
    expect(registryWith(payload)).toBeUndefined();
  });

  it('takes bytes that are not UTF-8 for no device', () => {
    const registry = createRegistry([], 0);
    expect(registry.observe('devices/a/telemetry', Buffer.from([0x7b, 0xff, 0x7d]), 1)).toBeUndefined();
  });

  it('takes __proto__, constructor and prototype for plain names', () => {
    const device = registryWith('{"__proto__": 1, "constructor": 2, "prototype": 3, "a": {"__proto__": 4}}');
    expect(Object.entries(device?.measurements ?? {}).map(([name, { value }]) => [name, value])).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
      ['prototype', 3],
      ['a.__proto__', 4],
    ]);
    expect(({} as Record<string, unknown>).value).toBeUndefined();
  });

  it('bounds devices and measurements', () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`m${index}`, index]));
    expect(Object.keys(registryWith(many)?.measurements ?? {})).toHaveLength(DEVICE_CAPS.measurements);
    const registry = createRegistry([], 0);
    for (let index = 0; index <= DEVICE_CAPS.devices; index++) {
      registry.observe(`devices/${index}/telemetry`, bytes({ t: 1 }), 1);
    }
    expect(registry.list(1)).toHaveLength(DEVICE_CAPS.devices);
    expect(registry.refused).toBe(1);
  });

  it.each([
    'devices/a',
    'devices//telemetry',
    'devices/a/b/telemetry',
    'other/a/telemetry',
    `devices/${'x'.repeat(129)}/telemetry`,
  ])('sees no device in the topic %s', (topic) => {
    expect(deviceOf(topic)).toBeUndefined();
  });

  it('takes name, model and tags from the device, until a person has edited them', () => {
    const registry = createRegistry([], 0);
    const about = bytes({ name: 'Freezer 1', model: 'F-200', tags: ['cold'] });
    expect(registry.observe('devices/a/about', about, 1)).toEqual({ id: 'a', directory: true });
    expect(registry.observe('devices/a/about', about, 2)).toBeUndefined();
    expect(registry.get('a', 1)).toMatchObject({
      name: 'Freezer 1',
      model: 'F-200',
      tags: ['cold'],
      rate: 0,
    });
    registry.edit('a', { name: 'Mine', model: 'F', tags: [] });
    registry.observe('devices/a/about', bytes({ name: 'Theirs' }), 3);
    expect(registry.get('a', 3)).toMatchObject({ name: 'Mine', model: 'F', tags: [] });
  });

  it('leaves out what a device says of itself in the wrong type', () => {
    const registry = createRegistry([], 0);
    registry.observe('devices/a/about', bytes({ name: 5, model: 'F-200', tags: 'cold' }), 1);
    expect(registry.get('a', 1)).toMatchObject({ name: 'a', model: 'F-200', tags: [] });
  });
});

describe('the rate of a device', () => {
  it('is messages a minute over the last five', () => {
    const rate = createRate(0);
    for (let second = 0; second < 600; second++) rate.count(second * 1_000);
    expect(rate.perMinute(599_000)).toBe(60);
    expect(rate.perMinute(599_000 + 150_000)).toBe(30);
    expect(rate.perMinute(2_000_000)).toBe(0);
  });

  it('is not diluted by the time before the device was there', () => {
    const rate = createRate(0);
    for (let second = 0; second < 60; second++) rate.count(second * 1_000);
    expect(rate.perMinute(60_000)).toBe(60);
  });
});

describe('the devices of a workspace', () => {
  function setUp() {
    const database = openDatabase(':memory:');
    createAccountStore(database).addWorkspace('main', 'Main', 0);
    onTestFinished(() => database.close());
    const store = createDeviceStore(database);
    const time = fakeTime();
    const start = () => createDevices({ workspace: 'main', store, time, log: () => undefined });
    return { start, time, store };
  }

  it('are told at most once a second, the directory only when it changed', () => {
    const { start, time } = setUp();
    const devices = start();
    const told: string[][] = [];
    let directories = 0;
    devices.onChanged((changed) => told.push(changed.map(({ id }) => id)));
    devices.onDirectory(() => directories++);
    for (let count = 0; count < 100; count++) devices.observe('devices/a/telemetry', bytes({ t: count }));
    devices.observe('devices/b/telemetry', bytes({ t: 1 }));
    time.advance(1_000);
    devices.observe('devices/a/telemetry', bytes({ t: 1 }));
    time.advance(3_000);
    expect(told).toEqual([['a', 'b'], ['a']]);
    expect(directories).toBe(1);
    devices.stop();
    expect(time.pending()).toBe(0);
  });

  it('are written every few seconds and there again after a restart', () => {
    const { start, time, store } = setUp();
    const devices = start();
    devices.observe('devices/a/telemetry', bytes({ t: 1 }));
    expect(store.list('main')).toEqual([]);
    time.advance(5_000);
    expect(store.list('main').map(({ id }) => id)).toEqual(['a']);
    devices.edit('a', { name: 'Freezer', model: '', tags: ['cold'] });
    devices.observe('devices/a/telemetry', bytes({ t: 2 }));
    devices.stop();
    const again = start();
    onTestFinished(() => again.stop());
    expect(again.get('a')).toMatchObject({ name: 'Freezer', measurements: { t: { value: 2 } } });
    expect(() => again.get('b')).toThrow('There is no device “b”.');
    expect(() => again.edit('b', { name: 'b', model: '', tags: [] })).toThrow('There is no device “b”.');
  });
});
