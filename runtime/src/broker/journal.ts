import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { deserialize, serialize } from 'node:v8';
import { notOpened, translated } from '../storage/database.ts';

/** Keeps values by key on disk; all changes of one turn of the event loop go in one commit. */
export interface Journal {
  /** Every value under a prefix, in the order of the keys. */
  load(prefix: string): { readonly key: string; readonly value: unknown }[];
  put(key: string, value: unknown): void;
  delete(key: string): void;
  /** Resolves when everything that was put and deleted until now survives the end of this process. */
  committed(): Promise<void>;
  /** Commits what is left and closes; may be called twice. */
  close(): void;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A journal in SQLite. WAL with `synchronous=NORMAL`: what is committed survives the end of the process at any moment;
 * a power cut may take back the last commits, but never damages the file. Throws as `openDatabase` does.
 */
export function openJournal(file: string, soon: (run: () => void) => void): Journal {
  const sqlite = openFile(file);
  const select = sqlite.prepare('SELECT key, value FROM kept WHERE key >= ? AND key < ? ORDER BY key');
  const put = sqlite.prepare('INSERT OR REPLACE INTO kept VALUES (?, ?)');
  const remove = sqlite.prepare('DELETE FROM kept WHERE key = ?');

  let changes = new Map<string, Uint8Array | undefined>();
  let waiters: Waiter[] = [];
  let isScheduled = false;
  let isOpen = true;

  function write(batch: ReadonlyMap<string, Uint8Array | undefined>): void {
    sqlite.exec('BEGIN IMMEDIATE');
    try {
      for (const [key, value] of batch) {
        if (value === undefined) remove.run(key);
        else put.run(key, value);
      }
      sqlite.exec('COMMIT');
    } catch (error) {
      if (sqlite.isTransaction) sqlite.exec('ROLLBACK');
      throw error;
    }
  }

  function flush(): void {
    isScheduled = false;
    if (!isOpen) return;
    const batch = changes;
    const waiting = waiters;
    changes = new Map();
    waiters = [];
    try {
      if (batch.size > 0) translated(() => write(batch));
      for (const waiter of waiting) waiter.resolve();
    } catch (error) {
      // Tried again with the next commit; newer changes of the same keys win.
      changes = new Map([...batch, ...changes]);
      for (const waiter of waiting) waiter.reject(error);
    }
  }

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    soon(flush);
  }

  return {
    load: (prefix) =>
      select.all(prefix, `${prefix}\u{10FFFF}`).map((row) => ({
        key: String(row.key),
        value: deserialize(row.value as Uint8Array) as unknown,
      })),
    put(key, value) {
      changes.set(key, serialize(value));
      schedule();
    },
    delete(key) {
      changes.set(key, undefined);
      schedule();
    },
    committed() {
      if (changes.size === 0) return Promise.resolve();
      schedule();
      return new Promise((resolve, reject) => waiters.push({ resolve, reject }));
    },
    close() {
      if (!isOpen) return;
      flush();
      isOpen = false;
      sqlite.close();
    },
  };
}

function openFile(file: string): DatabaseSync {
  let sqlite: DatabaseSync | undefined;
  try {
    // A backup has the file for itself for a moment.
    sqlite = new DatabaseSync(file, { timeout: 5_000 });
    chmodSync(file, 0o600);
    sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -1000');
    sqlite.exec('CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value BLOB) STRICT, WITHOUT ROWID');
    return sqlite;
  } catch (error) {
    sqlite?.close();
    throw notOpened(file, error);
  }
}
