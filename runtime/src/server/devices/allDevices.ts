import type { Devices, DevicesOptions } from './devices.ts';
import { createDevices } from './devices.ts';

/**
 * The devices of every workspace. There before the workspaces themselves, because the broker tells what arrives from
 * its first moment; those of a workspace are read when it is asked for them.
 */
export interface AllDevices {
  of(workspace: string): Devices;
  /** Writes what is left of a workspace and lets go of it. */
  close(workspace: string): void;
  /** May be called twice. */
  stop(): void;
}

export type AllDevicesOptions = Pick<DevicesOptions, 'store' | 'time' | 'log'>;

export function createAllDevices(options: AllDevicesOptions): AllDevices {
  const open = new Map<string, Devices>();
  function close(workspace: string): void {
    open.get(workspace)?.stop();
    open.delete(workspace);
  }
  return {
    of(workspace) {
      const found = open.get(workspace) ?? createDevices({ ...options, workspace });
      open.set(workspace, found);
      return found;
    },
    close,
    stop() {
      for (const workspace of open.keys()) close(workspace);
    },
  };
}
