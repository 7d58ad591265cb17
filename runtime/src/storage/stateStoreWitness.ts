import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';

// What the database itself cannot know. One flipped bit in a write-ahead log makes SQLite drop the commits from there
// on, and `integrity_check` says ok (measured: 502 of 1,000 rows gone). So every commit has a sequence and a hash that
// chains it to the one before, and a file beside the database holds the last one that was made.

/** The last commit: how many there were, and the hash (hex) over all of them. */
export interface ChainEnd {
  readonly sequence: number;
  readonly hash: string;
}

export interface Witness {
  /** The last commit that was noted, or `undefined` where none was or it cannot be read. */
  read(): ChainEnd | undefined;
  note(end: ChainEnd): void;
  close(): void;
}

const LENGTH = 96;

/** Opens the file beside a database. It is written without waiting for the disk: it may be behind, never ahead. */
export function openWitness(file: string): Witness {
  const descriptor = openSync(file, existsSync(file) ? 'r+' : 'w+', 0o600);
  const bytes = Buffer.alloc(LENGTH);
  let isOpen = true;
  return {
    read: () => {
      const length = readSync(descriptor, bytes, 0, LENGTH, 0);
      const found = /^(\d+) ([0-9a-f]{64}) *$/.exec(bytes.toString('latin1', 0, length));
      return found === null ? undefined : { sequence: Number(found[1]), hash: found[2] ?? '' };
    },
    note: ({ sequence, hash }) => {
      bytes.fill(' ');
      bytes.write(`${sequence} ${hash}`, 'latin1');
      writeSync(descriptor, bytes, 0, LENGTH, 0);
    },
    close: () => {
      if (isOpen) closeSync(descriptor);
      isOpen = false;
    },
  };
}

/**
 * Copies the write-ahead log of a database that was not closed, before SQLite reads and cuts it. The answer keeps the copy
 * under the given name, or takes it away.
 */
export function setLogAside(file: string): (keepAs: string | undefined) => void {
  const log = `${file}-wal`;
  const copy = `${log}.aside`;
  if (!existsSync(log)) return () => undefined;
  copyFileSync(log, copy);
  return (keepAs) => {
    if (keepAs === undefined) rmSync(copy, { force: true });
    else renameSync(copy, keepAs);
  };
}
