import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SluiceError } from '@sluice/shared/errors.ts';

/** A data folder that this process alone uses. `release` may be called twice. */
export interface DataFolder {
  readonly path: string;
  release(): void;
}

/**
 * Makes the data folder where it is not there and takes it for this process alone. The lock is one of SQLite on a file
 * of its own, so the system frees it however the process ends, `kill -9` included. Where another process has it, this one
 * waits for at most `waitMs`, doing nothing else.
 * Throws `folder-not-writable` or `folder-in-use`.
 */
export function openDataFolder(path: string, waitMs = 0): DataFolder {
  try {
    makeFolder(path);
  } catch (cause) {
    throw notWritable(path, cause);
  }
  const lock = lockFolder(path, waitMs);
  let isHeld = true;
  return {
    path,
    release: () => {
      if (isHeld) lock.close();
      isHeld = false;
    },
  };
}

function lockFolder(path: string, waitMs: number): DatabaseSync {
  const file = join(path, 'lock.db');
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(file, { timeout: waitMs });
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    chmodSync(file, 0o600);
    return lock;
  } catch (cause) {
    lock?.close();
    if (cause instanceof Error && /locked|busy/i.test(cause.message)) {
      throw new SluiceError(
        'folder-in-use',
        `The data folder ${path} is in use by another Sluice. Stop that one first, or give this one a folder of its own with SLUICE_DATA.`,
        { cause },
      );
    }
    throw notWritable(path, cause);
  }
}

function notWritable(path: string, cause: unknown): SluiceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (/disk is full|ENOSPC/.test(reason)) {
    return new SluiceError(
      'disk-full',
      `The disk that holds the data folder ${path} is full. Free some space and start again.`,
      { cause },
    );
  }
  return new SluiceError(
    'folder-not-writable',
    `The data folder ${path} cannot be written (${reason}). Give Sluice the right to write there, or another folder with SLUICE_DATA.`,
    { cause },
  );
}

/**
 * Makes a folder, and those above it, where they are not there. Step by step, because Node's own recursive way never
 * comes back where the system says that a folder does not exist whose parent does, as under `/proc`.
 */
export function makeFolder(path: string): void {
  const above = dirname(path);
  if (above !== path && !existsSync(above)) makeFolder(above);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!isFolder(path)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Errors of the system on files, which end a start: `folder-not-writable` in place of them, anything else as it is. */
export function notStarted(folder: string, error: unknown): unknown {
  const { syscall, path } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  return syscall !== undefined && path?.startsWith(folder) === true ? notWritable(folder, error) : error;
}
