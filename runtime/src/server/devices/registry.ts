import type { Device } from '@sluice/shared/protocol/http.ts';
import type { About, KnownDevice } from './deviceRules.ts';
import { DEVICE_CAPS, deviceOf, mergeMeasurements, readAbout, readObject, toDevice } from './deviceRules.ts';
import type { Rate } from './rate.ts';
import { createRate } from './rate.ts';

/** What a message changed: `directory` is set when name, model, tags or the set of devices did. */
interface Observed {
  readonly id: string;
  readonly directory: boolean;
}

/** Devices by what arrives from them. Pure but for its own memory: time is handed in. */
export interface DeviceRegistry {
  /** Takes a message that was published; `undefined` when it changes nothing. */
  observe(topic: string, payload: Uint8Array, now: number): Observed | undefined;
  /** A device that has sent nothing yet; `undefined` when there is one of this id, or no room for another. */
  add(id: string, about: EditedAbout, now: number): KnownDevice | undefined;
  /** What a person says of a device; from then on the device's own word does not count. `undefined`: no such device. */
  edit(id: string, about: EditedAbout): KnownDevice | undefined;
  /** Takes back an `add`. */
  remove(id: string): void;
  /** What `edit` would make of the device. */
  edited(id: string, about: EditedAbout): KnownDevice | undefined;
  get(id: string, now: number): Device | undefined;
  /** In the order of the ids. */
  list(now: number): Device[];
  known(id: string): KnownDevice | undefined;
  /** Messages of devices that were left out because the registry is full. */
  readonly refused: number;
  /** How many devices there may be. */
  readonly most: number;
  /** From now on no device is added beyond so many; those that are there stay. */
  keepAtMost(devices: number): void;
}

interface EditedAbout {
  readonly name: string;
  readonly model: string;
  readonly tags: readonly string[];
}

interface Entry {
  device: KnownDevice;
  readonly rate: Rate;
}

export function createRegistry(stored: readonly KnownDevice[], now: number): DeviceRegistry {
  const entries = new Map<string, Entry>(
    stored.map((device) => [device.id, { device, rate: createRate(now) }]),
  );
  let refused = 0;
  let most: number = DEVICE_CAPS.devices;

  function open(id: string, topic: string, at: number): { entry: Entry; isNew: boolean } | undefined {
    const found = entries.get(id);
    if (found !== undefined) return { entry: found, isNew: false };
    if (entries.size >= most) {
      refused++;
      return undefined;
    }
    const device: KnownDevice = {
      id,
      name: id,
      model: '',
      tags: [],
      isEdited: false,
      firstSeen: at,
      lastSeen: at,
      topic,
      measurements: {},
    };
    const entry = { device, rate: createRate(at) };
    entries.set(id, entry);
    return { entry, isNew: true };
  }

  function edited(id: string, about: EditedAbout): KnownDevice | undefined {
    const entry = entries.get(id);
    if (entry === undefined) return undefined;
    return { ...entry.device, ...about, tags: [...about.tags], isEdited: true };
  }

  return {
    get most() {
      return most;
    },
    get refused() {
      return refused;
    },
    keepAtMost(devices) {
      most = devices;
    },
    observe(topic, payload, at) {
      const source = deviceOf(topic);
      const object = source === undefined ? undefined : readObject(payload);
      if (source === undefined || object === undefined) return undefined;
      const opened = open(source.id, `devices/${source.id}/telemetry`, at);
      if (opened === undefined) return undefined;
      const { entry, isNew } = opened;
      const before = entry.device;
      if (source.kind === 'about') {
        entry.device = withAbout(before, readAbout(object));
        const directory = isNew || entry.device !== before;
        return directory ? { id: source.id, directory } : undefined;
      }
      entry.rate.count(at);
      entry.device = {
        ...before,
        lastSeen: at,
        measurements: mergeMeasurements(before.measurements, object, at),
      };
      return { id: source.id, directory: isNew };
    },
    add(id, about, at) {
      const opened = open(id, `devices/${id}/telemetry`, at);
      if (opened?.isNew !== true) return undefined;
      opened.entry.device = { ...opened.entry.device, ...about, tags: [...about.tags], isEdited: true };
      return opened.entry.device;
    },
    remove: (id) => void entries.delete(id),
    edit(id, about) {
      const entry = entries.get(id);
      const device = edited(id, about);
      if (entry !== undefined && device !== undefined) entry.device = device;
      return device;
    },
    edited,
    get(id, at) {
      const entry = entries.get(id);
      return entry === undefined ? undefined : toDevice(entry.device, entry.rate.perMinute(at));
    },
    list: (at) =>
      [...entries.values()]
        .map(({ device, rate }) => toDevice(device, rate.perMinute(at)))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    known: (id) => entries.get(id)?.device,
  };
}

/** The same device where nothing changes. */
function withAbout(device: KnownDevice, about: About): KnownDevice {
  if (device.isEdited) return device;
  const after = {
    name: about.name ?? device.name,
    model: about.model ?? device.model,
    tags: about.tags ?? device.tags,
  };
  const isSame =
    after.name === device.name &&
    after.model === device.model &&
    JSON.stringify(after.tags) === JSON.stringify(device.tags);
  return isSame ? device : { ...device, ...after, tags: [...after.tags] };
}
