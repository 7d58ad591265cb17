import type { Keyring } from '../../storage/workspaceKeys.ts';
import type { Handlers } from '../http/mount.ts';

/** The keys that secrets are sealed with. */
export function keyHandlers(keyring: Pick<Keyring, 'rotate'>): Pick<Handlers, 'rotateKeys'> {
  return {
    rotateKeys({ workspace, actor }) {
      const rotated = keyring.rotate();
      workspace.noteOfDone(actor, 'secrets.rotate', 'all workspaces', { ...rotated });
      return rotated;
    },
  };
}
