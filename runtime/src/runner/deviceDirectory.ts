import type { DeviceDirectory } from '@sluice/shared/node/context.ts';
import type { DeviceSelector } from '@sluice/shared/node/field.ts';
import type { RunnerDevice } from './protocol.ts';

/** The devices that the host knows, for `device-input`; replaced as a whole when the registry changes. */
export class RunnerDevices implements DeviceDirectory {
  readonly telemetry: DeviceDirectory['telemetry'];
  #byId: ReadonlyMap<string, RunnerDevice> = new Map();

  constructor(devices: readonly RunnerDevice[], telemetry: DeviceDirectory['telemetry']) {
    this.telemetry = telemetry;
    this.replace(devices);
  }

  replace(devices: readonly RunnerDevice[]): void {
    this.#byId = new Map(devices.map((device) => [device.id, device]));
  }

  /** A part of the selector that is left out or empty asks for nothing. A device nobody has described has only its id. */
  matches(selector: DeviceSelector, device: string): boolean {
    const known = this.#byId.get(device);
    const { ids = [], model = '', tags = [] } = selector;
    if (ids.length > 0 && !ids.includes(device)) return false;
    if (model !== '' && known?.model !== model) return false;
    return tags.every((tag) => known?.tags.includes(tag) === true);
  }

  name(device: string): string {
    return this.#byId.get(device)?.name ?? device;
  }
}
