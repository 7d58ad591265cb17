import type { Device } from '@sluice/shared/protocol/http.ts';
import { describe, expect, it } from 'vitest';
import { type DeviceQuestion, listDevices } from './deviceList.ts';
import { isSilent, presenceOf, silentAfterMs } from './silence.ts';

const NOW = 1_000_000_000;

function device(id: string, more: Partial<Device> = {}): Device {
  return {
    id,
    name: id,
    model: '',
    tags: [],
    firstSeen: 0,
    lastSeen: NOW,
    rate: 12,
    measurements: {},
    topic: '',
    ...more,
  };
}

function ids(devices: readonly Device[], question: Partial<DeviceQuestion>): string[] {
  const asked = { search: '', show: 'all', sort: 'name', ...question } as const;
  return listDevices(devices, asked, NOW).map((one) => one.id);
}

describe('silence', () => {
  it('is three usual pauses, at least a minute and at most five', () => {
    expect([60, 12, 1, 0.2, 0].map((rate) => silentAfterMs({ rate }))).toEqual([
      60_000, 60_000, 180_000, 300_000, 300_000,
    ]);
  });

  it('begins past that time and not at it', () => {
    expect(isSilent(device('f1', { lastSeen: NOW - 60_000 }), NOW)).toBe(false);
    expect(isSilent(device('f1', { lastSeen: NOW - 60_001 }), NOW)).toBe(true);
  });

  it('is told from a device that was added and has not said anything yet', () => {
    const added = device('f1', { firstSeen: NOW, lastSeen: NOW, rate: 0 });
    expect(presenceOf(added, NOW)).toEqual({ status: 'idle', word: 'no values yet' });
    expect(isSilent(added, NOW)).toBe(true);
    const heard = { ...added, measurements: { t: { value: 1, time: NOW } } };
    expect(presenceOf(heard, NOW)).toEqual({ status: 'good', word: 'reporting' });
    expect(presenceOf(heard, NOW + 360_000)).toEqual({ status: 'caution', word: 'silent', since: '6 min' });
  });
});

describe('listDevices', () => {
  const fish = device('f10', { name: 'Freezer 10', model: 'freezer', tags: ['north'], rate: 5 });
  const meat = device('f2', { name: 'Freezer 2', model: 'freezer', tags: ['south'], lastSeen: NOW - 70_000 });
  const pump = device('p1', { name: 'Pump', model: 'pump', tags: ['north'], rate: 60, lastSeen: NOW - 1 });
  const all = [pump, fish, meat];

  it('finds by all words, in id, name, model and tags', () => {
    expect(ids(all, { search: ' FREEZER  north ' })).toEqual(['f10']);
    expect(ids(all, { search: 'p1' })).toEqual(['p1']);
    expect(ids(all, { search: 'freezer west' })).toEqual([]);
  });

  it('sorts names as people count, rates and times from the highest', () => {
    expect(ids(all, {})).toEqual(['f2', 'f10', 'p1']);
    expect(ids(all, { sort: 'rate' })).toEqual(['p1', 'f2', 'f10']);
    expect(ids(all, { sort: 'seen' })).toEqual(['f10', 'p1', 'f2']);
  });

  it('shows those that report or those that are silent', () => {
    expect(ids(all, { show: 'silent' })).toEqual(['f2']);
    expect(ids(all, { show: 'reporting' })).toEqual(['f10', 'p1']);
  });
});
