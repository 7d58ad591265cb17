import { SluiceError } from '@sluice/shared/errors.ts';
import type { Device } from '@sluice/shared/protocol/http.ts';
import type { RunnerDevice } from '../../runner/protocol.ts';
import type { RunnerTime } from '../../runner/time.ts';
import { every } from '../../runner/time.ts';
import type { DeviceStore } from '../../storage/devices.ts';
import { knownDeviceSchema } from './deviceRules.ts';
import { createRegistry } from './registry.ts';

/** The devices of a workspace: the registry, kept on disk and told to those who listen. */
export interface Devices {
  list(): Device[];
  /** Throws `not-found`. */
  get(id: string): Device;
  /** A device that has sent nothing yet. Throws `already-there`, `limit-reached`, and `disk-full`. */
  add(id: string, about: { name: string; model: string; tags: readonly string[] }): Device;
  /** Throws `not-found`, and `disk-full` when it could not be written; then nothing changed. */
  edit(id: string, about: { name: string; model: string; tags: readonly string[] }): Device;
  observe(topic: string, payload: Uint8Array): void;
  /** What `device-input` needs to know. */
  directory(): RunnerDevice[];
  /** Called at most once a second with the devices that changed since. */
  onChanged(listener: (devices: readonly Device[]) => void): () => void;
  /** Called at most once a second when the directory changed. */
  onDirectory(listener: () => void): () => void;
  /** Messages of devices that are not registered because there are as many as may be, since the start. */
  refused(): number;
  /** From now on no device is added beyond so many; those that are there stay. */
  keepAtMost(devices: number): void;
  /** Writes what is left; may be called twice. */
  stop(): void;
}

export interface DevicesOptions {
  readonly workspace: string;
  readonly store: DeviceStore;
  readonly time: RunnerTime;
  log(level: 'note' | 'warning' | 'error', sentence: string): void;
}

const TELL_MS = 1_000;
const SAVE_MS = 5_000;

export function createDevices(options: DevicesOptions): Devices {
  const { workspace, store, time } = options;
  const stored = store.list(workspace).map(({ content }) => knownDeviceSchema.parse(content));
  const registry = createRegistry(stored, time.now());
  const listeners = new Set<(devices: readonly Device[]) => void>();
  const directoryListeners = new Set<() => void>();
  let changed = new Set<string>();
  let unsaved = new Set<string>();
  let isDirectoryChanged = false;
  let isDiskFull = false;

  function find(id: string): Device {
    const device = registry.get(id, time.now());
    if (device === undefined) throw new SluiceError('not-found', `There is no device “${id}”.`);
    return device;
  }

  function tell(): void {
    if (isDirectoryChanged) for (const listener of directoryListeners) listener();
    isDirectoryChanged = false;
    const ids = changed;
    changed = new Set();
    if (ids.size > 0 && listeners.size > 0) {
      const devices = [...ids].map(find);
      for (const listener of listeners) listener(devices);
    }
  }

  function save(): void {
    if (unsaved.size === 0) return;
    const ids = unsaved;
    unsaved = new Set();
    try {
      store.putAll(
        workspace,
        [...ids].map((id) => ({ id, content: registry.known(id) })),
      );
      isDiskFull = false;
    } catch (error) {
      // Nothing is lost: it is in memory, and written with the next round.
      unsaved = new Set([...ids, ...unsaved]);
      if (!isDiskFull)
        options.log('error', `Devices: ${error instanceof Error ? error.message : String(error)}`);
      isDiskFull = true;
    }
  }

  function note(id: string, directory: boolean): void {
    changed.add(id);
    unsaved.add(id);
    isDirectoryChanged ||= directory;
  }

  const stops = [every(time, TELL_MS, tell), every(time, SAVE_MS, save)];
  return {
    list: () => registry.list(time.now()),
    get: find,
    add(id, about) {
      if (registry.known(id) !== undefined)
        throw new SluiceError('already-there', `There is a device “${id}” already.`);
      const content = registry.add(id, about, time.now());
      if (content === undefined) {
        throw new SluiceError(
          'limit-reached',
          `This workspace has ${registry.most} devices already, which is the most.`,
        );
      }
      try {
        store.putAll(workspace, [{ id, content }]);
      } catch (error) {
        registry.remove(id);
        throw error;
      }
      changed.add(id);
      isDirectoryChanged = true;
      return find(id);
    },
    edit(id, about) {
      find(id);
      store.putAll(workspace, [{ id, content: registry.edited(id, about) }]);
      registry.edit(id, about);
      changed.add(id);
      isDirectoryChanged = true;
      return find(id);
    },
    observe(topic, payload) {
      const observed = registry.observe(topic, payload, time.now());
      if (observed !== undefined) note(observed.id, observed.directory);
    },
    directory: () =>
      registry.list(time.now()).map(({ id, name, model, tags }) => ({ id, name, model, tags })),
    refused: () => registry.refused,
    keepAtMost: (devices) => registry.keepAtMost(devices),
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onDirectory(listener) {
      directoryListeners.add(listener);
      return () => void directoryListeners.delete(listener);
    },
    stop() {
      for (const stop of stops) stop();
      save();
    },
  };
}
