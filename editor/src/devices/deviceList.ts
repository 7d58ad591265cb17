import type { Device } from '@sluice/shared/protocol/http.ts';
import { isSilent } from './silence.ts';

export type DeviceSort = 'name' | 'seen' | 'rate';
export type DeviceShow = 'all' | 'reporting' | 'silent';

export interface DeviceQuestion {
  /** Words that all have to be in the id, the name, the model or a tag. */
  readonly search: string;
  readonly show: DeviceShow;
  readonly sort: DeviceSort;
}

/** The devices that are asked for, in the order asked for; `now` in ms since the epoch. */
export function listDevices(devices: readonly Device[], question: DeviceQuestion, now: number): Device[] {
  const words = question.search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return devices
    .filter((device) => isShown(device, question.show, now) && hasWords(device, words))
    .sort((one, other) => compare(one, other, question.sort) || byName(one, other));
}

function isShown(device: Device, show: DeviceShow, now: number): boolean {
  return show === 'all' || isSilent(device, now) === (show === 'silent');
}

function hasWords(device: Device, words: readonly string[]): boolean {
  const text = [device.id, device.name, device.model, ...device.tags].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

function compare(one: Device, other: Device, sort: DeviceSort): number {
  switch (sort) {
    case 'name':
      return 0;
    case 'seen':
      return other.lastSeen - one.lastSeen;
    case 'rate':
      return other.rate - one.rate;
  }
}

function byName(one: Device, other: Device): number {
  return one.name.localeCompare(other.name, undefined, { numeric: true }) || one.id.localeCompare(other.id);
}
