import {
  createReadStream,
  createWriteStream,
  existsSync,
  lstatSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { mkdtemp, open, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SluiceError } from '@sluice/shared/errors.ts';
import * as z from 'zod';
import type { BackupSecret } from './backupCipher.ts';
import { byteReader, CHUNK_BYTES, openBackup, sealBackup } from './backupCipher.ts';
import { makeFolder } from './dataFolder.ts';
import type { Snapshot } from './snapshot.ts';
import { takeSnapshot } from './snapshot.ts';

const MASTER_KEY = 'master.key';

export interface BackupOptions {
  readonly folder: string;
  /** Where the backup goes; what is there already is replaced when the new one is whole. */
  readonly file: string;
  readonly secret: BackupSecret;
  /** Where the master key is, if not in the folder. */
  readonly masterKeyFile: string | undefined;
  /** ms since the epoch. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** What is in a backup. */
export interface BackupContents {
  readonly files: number;
  /** Before encryption. */
  readonly bytes: number;
  /** ms since the epoch: the moment that it is of. */
  readonly at: number;
}

const entrySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('backup'), at: z.number() }),
  z.object({
    kind: z.literal('file'),
    // Names and folders only: nothing leads out of where it is restored.
    path: z.string().refine(isWithin),
    bytes: z.number().int().min(0),
  }),
  z.object({ kind: z.literal('end'), files: z.number() }),
]);
type Entry = z.output<typeof entrySchema>;

/** A path below a folder, with names of which none leads out of it. */
function isWithin(path: string): boolean {
  const isPlain = Array.from(path).every((character) => character >= ' ' && character !== '\\');
  return isPlain && path.split('/').every((name) => !['', '.', '..'].includes(name));
}

/** An entry's JSON, bytes at most. */
const ENTRY_BYTES = 10_000;

/** Backs up a data folder, while a server uses it or not. Throws `not-found`, `in-use` or what writing the file says. */
export async function writeBackup(options: BackupOptions): Promise<BackupContents> {
  const { folder, file, secret, signal } = options;
  if (!existsSync(join(folder, 'sluice.db'))) {
    throw new SluiceError(
      'not-found',
      `There is no data of Sluice in ${folder}. Name its folder with --data or SLUICE_DATA.`,
    );
  }
  const snapshot = takeSnapshot(folder);
  const contents = { files: 0, bytes: 0, at: options.now };
  const unfinished = `${file}.part`;
  try {
    const sealed = Readable.from(sealBackup(plainOf(snapshot, options, contents), secret));
    await pipeline(sealed, createWriteStream(unfinished, { mode: 0o600, flush: true }), { signal });
    renameSync(unfinished, file);
    return contents;
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  } finally {
    snapshot.close();
  }
}

interface Counted {
  files: number;
  bytes: number;
  readonly at: number;
}

async function* plainOf(
  snapshot: Snapshot,
  { folder, masterKeyFile, file }: BackupOptions,
  counted: Counted,
): AsyncGenerator<Uint8Array> {
  yield headOf({ kind: 'backup', at: counted.at });
  for (const path of snapshot.databases) yield* copied(snapshot, path, counted);
  const own = resolve(file);
  for (const path of snapshot.files) {
    const isItself = [own, `${own}.part`].includes(resolve(folder, path));
    if (!isItself && path !== MASTER_KEY) yield* fileParts(join(folder, path), path, counted);
  }
  yield* fileParts(masterKeyFile ?? join(folder, MASTER_KEY), MASTER_KEY, counted);
  yield headOf({ kind: 'end', files: counted.files });
}

/** A database, whose copy is there only while it is read. */
async function* copied(snapshot: Snapshot, path: string, counted: Counted): AsyncGenerator<Uint8Array> {
  const wanted = Promise.withResolvers<void>();
  const file = Promise.withResolvers<string>();
  const done = snapshot.copy(path, async (copy) => {
    file.resolve(copy);
    await wanted.promise;
  });
  done.catch(file.reject);
  try {
    yield* fileParts(await file.promise, path, counted);
  } finally {
    wanted.resolve();
    await done.catch(() => undefined);
  }
}

async function* fileParts(file: string, path: string, counted: Counted): AsyncGenerator<Uint8Array> {
  const { size } = await stat(file);
  yield headOf({ kind: 'file', path, bytes: size });
  if (size > 0) {
    // A file that grows meanwhile is read as far as it was.
    let left = size;
    for await (const part of createReadStream(file, {
      end: size - 1,
      highWaterMark: CHUNK_BYTES,
    }) as AsyncIterable<Buffer>) {
      left -= part.length;
      yield part;
    }
    if (left > 0) throw new Error(`${file} became shorter while it was read`);
  }
  counted.files += 1;
  counted.bytes += size;
}

function headOf(entry: Entry): Buffer {
  const text = Buffer.from(JSON.stringify(entry));
  const head = Buffer.alloc(4);
  head.writeUInt32BE(text.length);
  return Buffer.concat([head, text]);
}

export interface RestoreOptions {
  readonly file: string;
  readonly folder: string;
  readonly secret: BackupSecret;
  readonly signal: AbortSignal;
}

/**
 * Restores a backup into a folder that is not there or empty. All of it is checked before anything is written; then it is
 * written beside the folder and takes its place when it is whole. Throws `wrong-argument`, `damaged` or `in-use`.
 */
export async function restoreBackup(options: RestoreOptions): Promise<BackupContents> {
  const { file, folder } = options;
  checkEmpty(folder);
  const found = await eachFile(options, async (_path, parts) => {
    for await (const _ of parts) options.signal.throwIfAborted();
  });
  makeFolder(dirname(folder));
  const beside = await mkdtemp(join(dirname(folder), `.${basename(folder)}-restoring-`));
  try {
    await eachFile(options, async (path, parts) => {
      const target = join(beside, path);
      makeFolder(dirname(target));
      const output = await open(target, 'wx', 0o600);
      try {
        for await (const part of parts) {
          options.signal.throwIfAborted();
          await output.writeFile(part);
        }
        await output.sync();
      } finally {
        await output.close();
      }
      if (path.endsWith('.db')) checkDatabase(target, path, file);
    });
    checkEmpty(folder);
    if (existsSync(folder)) rmdirSync(folder);
    renameSync(beside, folder);
    return found;
  } catch (error) {
    rmSync(beside, { recursive: true, force: true });
    throw error;
  }
}

function checkEmpty(folder: string): void {
  const entry = lstatSync(folder, { throwIfNoEntry: false });
  if (entry === undefined || (entry.isDirectory() && readdirSync(folder).length === 0)) return;
  throw new SluiceError(
    'in-use',
    `${folder} is there already and not empty, so nothing was restored. Name a new folder with --data, or move that one away.`,
  );
}

async function eachFile(
  { file, secret }: RestoreOptions,
  use: (path: string, parts: AsyncIterable<Buffer>) => Promise<void>,
): Promise<BackupContents> {
  const reader = byteReader(openBackup(readFileOf(file), secret, file));
  const next = async (): Promise<Entry> => {
    const length = (await reader.take(4))?.readUInt32BE() ?? 0;
    const text = length > 0 && length <= ENTRY_BYTES ? await reader.take(length) : undefined;
    const entry = entrySchema.safeParse(text === undefined ? undefined : JSON.parse(text.toString('utf8')));
    if (!entry.success) throw strange(file);
    return entry.data;
  };
  const first = await next();
  if (first.kind !== 'backup') throw strange(file);
  const contents = { files: 0, bytes: 0, at: first.at };
  for (;;) {
    const entry = await next();
    if (entry.kind === 'end') {
      if (entry.files !== contents.files || !(await reader.isEnd())) throw strange(file);
      return contents;
    }
    if (entry.kind !== 'file') throw strange(file);
    await use(entry.path, partsOf(reader, entry.bytes, file));
    contents.files += 1;
    contents.bytes += entry.bytes;
  }
}

async function* partsOf(
  reader: ReturnType<typeof byteReader>,
  bytes: number,
  file: string,
): AsyncGenerator<Buffer> {
  for (let left = bytes; left > 0; ) {
    const part = await reader.take(Math.min(left, CHUNK_BYTES));
    if (part === undefined) throw strange(file);
    left -= part.length;
    yield part;
  }
}

/** Encrypted as it should be, and yet none of ours. */
function strange(file: string): SluiceError {
  return new SluiceError(
    'damaged',
    `${file} holds something else than a backup of Sluice does. Take another backup.`,
  );
}

async function* readFileOf(file: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(file, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SluiceError('wrong-argument', `${file} cannot be read: ${reason}.`, { cause });
  }
}

function checkDatabase(target: string, path: string, file: string): void {
  const database = new DatabaseSync(target);
  try {
    const [first] = database.prepare('PRAGMA integrity_check(1)').all();
    if (first?.['integrity_check'] === 'ok') return;
    throw new SluiceError(
      'damaged',
      `In ${file} the database ${path} is damaged, and was when the backup was made. Take another backup.`,
    );
  } finally {
    database.close();
  }
}
