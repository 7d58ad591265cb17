import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, rmdirSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BLOCKS = [1_048_576, 4_096, 1] as const;

/** A disk in memory that is small enough to be filled. */
export interface SmallDisk {
  /** Until not one byte more can be written. */
  fill(): void;
  makeRoom(): void;
  unmount(): void;
}

/** Mounts it at `folder`; needs root. */
export function mountSmallDisk(folder: string, mb: number): SmallDisk {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mb}m`, 'tmpfs', folder], { stdio: 'pipe' });
  const filling = join(folder, 'filling');
  return {
    fill: () => {
      const file = openSync(filling, 'a');
      for (const size of BLOCKS) while (hasWritten(file, size));
      closeSync(file);
    },
    makeRoom: () => rmSync(filling, { force: true }),
    unmount: () => void execFileSync('umount', ['--lazy', folder], { stdio: 'pipe' }),
  };
}

function hasWritten(file: number, size: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(size)) > 0;
  } catch {
    return false;
  }
}

/** Why there can be no small disk here; `undefined` when there can. */
export function whyNoSmallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-disk-'));
  try {
    mountSmallDisk(folder, 1).unmount();
    rmdirSync(folder);
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().replaceAll('\n', ' ') : String(error);
    return `a tmpfs cannot be mounted here, which needs root (${reason})`;
  }
}
