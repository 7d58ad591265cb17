import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mendLog } from './stateStoreLog.ts';
import { openStateStore } from './stateStore.ts';
import { changes, openSaying, stateRow } from './testingStateStore.ts';

const HEADER = 32;
const FRAME = 24 + 4_096;
const COMMITS = 20;

let folder = '';
let log = Buffer.alloc(0);

// What a process leaves that was killed.
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-log-'));
  const store = openStateStore(join(folder, 'live.db'));
  for (let count = 0; count < COMMITS; count++)
    store.commit([changes({ state: [stateRow(`k${count}`, 'v'.repeat(count * 7))] })]);
  for (const end of ['', '-wal', '-chain'])
    copyFileSync(join(folder, `live.db${end}`), join(folder, `left.db${end}`));
  store.close();
  log = readFileSync(join(folder, 'left.db-wal'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A folder with the log changed. */
function leftWith(change: (bytes: Buffer) => void): string {
  const inFolder = mkdtempSync(join(folder, 'case-'));
  for (const end of ['', '-chain'])
    copyFileSync(join(folder, `left.db${end}`), join(inFolder, `state.db${end}`));
  const bytes = Buffer.from(log);
  change(bytes);
  writeFileSync(join(inFolder, 'state.db-wal'), bytes);
  return inFolder;
}

function flipped(...places: readonly (readonly [at: number, bit: number])[]): string {
  return leftWith((bytes) => {
    for (const [at, bit] of places) bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
  });
}

const inFrame = (number: number, at: number) => HEADER + number * FRAME + at;

describe('[EN9] a flipped bit in the log', () => {
  it.each([
    ['the header', 5, 3],
    ['the salt of the header', 17, 0],
    ['the checksum of the header', 30, 7],
    ['the number of a page', inFrame(3, 2), 1],
    ['the salt of a frame', inFrame(2, 9), 6],
    ['the checksum of a frame', inFrame(2, 19), 2],
    ['the beginning of a page', inFrame(4, 24), 0],
    ['the end of a page', inFrame(4, FRAME - 2), 4],
  ])('in %s is put right and told, and no commit is lost', (_where, at, bit) => {
    const inFolder = flipped([at, bit]);
    const { store, said } = openSaying(inFolder);
    expect(store.load('flow').state).toHaveLength(COMMITS);
    expect(said).toEqual([expect.stringMatching(/^One bit of the log .* put right .* Check the disk\.$/)]);
    store.close();
    expect(openSaying(inFolder).said).toEqual([]);
  });

  it('in two frames is put right in both', () => {
    const inFolder = flipped([inFrame(1, 500), 3], [inFrame(5, 1_001), 5]);
    expect(mendLog(join(inFolder, 'state.db'))).toBe(2);
    expect(readFileSync(join(inFolder, 'state.db-wal'))).toEqual(log);
  });

  it('stays where another one would do as well, or where it is not the only one of its frame', () => {
    for (const inFolder of [
      flipped([inFrame(2, 27), 7]),
      flipped([inFrame(2, 100), 1], [inFrame(2, 2_000), 4]),
    ]) {
      const before = readFileSync(join(inFolder, 'state.db-wal'));
      expect(mendLog(join(inFolder, 'state.db'))).toBe(0);
      expect(readFileSync(join(inFolder, 'state.db-wal'))).toEqual(before);
    }
  });

  it('is not looked for in what is whole, cut off, or of an earlier log', () => {
    const older = (bytes: Buffer) => bytes.fill(0x5a, inFrame(6, 8), inFrame(6, 16));
    const cut = (bytes: Buffer) => bytes.fill(0, inFrame(6, 2_000));
    for (const change of [() => undefined, older, cut]) {
      const inFolder = leftWith(change);
      const before = readFileSync(join(inFolder, 'state.db-wal'));
      expect(mendLog(join(inFolder, 'state.db'))).toBe(0);
      expect(readFileSync(join(inFolder, 'state.db-wal'))).toEqual(before);
    }
    expect(mendLog(join(folder, 'nothing.db'))).toBe(0);
  });
});
