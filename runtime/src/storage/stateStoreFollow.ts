import { statSync } from 'node:fs';
import { SluiceError } from '@sluice/shared/errors.ts';
import { isDamage } from './stateStoreDamage.ts';

/** What one process has opened on a file that another one may put a new file in place of. */
export interface Following<T> {
  /** What is open on the file that is there now. Throws `damaged` while that is one that cannot be read. */
  current(): T;
  close(): void;
}

/**
 * Opens at once, and anew whenever there is another file: the runner puts a new one in the place of one that is damaged.
 * A file that is damaged already is no reason to fail here: the runner is about to see to it.
 */
export function following<T extends { close(): void }>(file: string, open: () => T): Following<T> {
  let opened: { readonly on: T; readonly number: number } | undefined;
  const current = (): T => {
    const number = numberOf(file);
    if (opened !== undefined && opened.number === number) return opened.on;
    // SQLite notices by itself that its file has moved, and leaves the log of the new one alone.
    opened?.on.close();
    opened = undefined;
    const on = open();
    opened = { on, number: numberOf(file) };
    return on;
  };
  try {
    current();
  } catch (error) {
    if (!isDamage(file, error)) throw error;
  }
  return {
    current: () => {
      try {
        return current();
      } catch (cause) {
        throw isDamage(file, cause) ? damaged(file, cause) : cause;
      }
    },
    close: () => opened?.on.close(),
  };
}

/** The number that the file system knows a file by: 0 when there is none. */
function numberOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.ino ?? 0;
}

function damaged(file: string, cause: unknown): SluiceError {
  return new SluiceError(
    'damaged',
    `The file ${file} is damaged. The runner saves what can be read of it when it starts; try again then.`,
    { cause },
  );
}
