import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { SluiceError } from '@sluice/shared/errors.ts';
import type { DeadLetterEntry } from '../engine/shell.ts';
import { BALLAST_BYTES, keepBallast, withBallast } from './stateStoreBallast.ts';
import { openDeadLetters } from './stateStoreDeadLetters.ts';
import { changes, openSaying, stateRow, waitingAt, waitingOf } from './testingStateStore.ts';

/** A command of the system. */
function run(command: string, ...values: readonly string[]): void {
  execFileSync(command, values, { stdio: 'ignore' });
}

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-ballast-'));
});
const mounts: string[] = [];
afterEach(() => {
  for (const disk of mounts.splice(0)) run('umount', '-l', disk);
  rmSync(folder, { recursive: true });
});

const ballast = (inFolder = folder): number =>
  statSync(join(inFolder, 'ballast'), { throwIfNoEntry: false })?.size ?? 0;
const full = (): Error => new SluiceError('disk-full', 'The disk is full.');

describe('the ballast', () => {
  it('[EN8] is made when the state is opened, and stays', () => {
    const { store } = openSaying(folder);
    expect(ballast()).toBe(BALLAST_BYTES);
    store.close();
    expect(ballast()).toBe(BALLAST_BYTES);
    expect(keepBallast(folder)).toBe(true);
  });

  it('[EN8] is given up for work that only takes away, and made again', () => {
    keepBallast(folder);
    const tries: number[] = [];
    const answer = withBallast(folder, () => {
      tries.push(ballast());
      if (ballast() > 0) throw full();
      return 'done';
    });
    expect([answer, tries, ballast()]).toEqual(['done', [BALLAST_BYTES, 0], BALLAST_BYTES]);
  });

  it('[EN8] is not touched when the work fails for another reason, or there is room', () => {
    keepBallast(folder);
    const { ino } = statSync(join(folder, 'ballast'));
    expect(() =>
      withBallast(folder, () => {
        throw new Error('wrong');
      }),
    ).toThrow('wrong');
    expect(withBallast(folder, () => 1)).toBe(1);
    expect(statSync(join(folder, 'ballast')).ino).toBe(ino);
  });

  it('[EN8] that is not enough, or not there, leaves the disk full', () => {
    const never = (): never => {
      throw full();
    };
    expect(() => withBallast(folder, never)).toThrow('The disk is full.');
    keepBallast(folder);
    expect(() => withBallast(folder, never)).toThrow('The disk is full.');
    expect(ballast()).toBe(BALLAST_BYTES);
  });
});

/** Whether a small file system of its own can be had here: as root on Linux. */
const canMount = ((): boolean => {
  const at = mkdtempSync(join(tmpdir(), 'sluice-mount-'));
  try {
    run('mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at);
    run('umount', at);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(at, { recursive: true });
  }
})();

describe.runIf(canMount)('a disk that is really full', () => {
  const MB = 1024 * 1024;

  function mounted(megabytes: number): string {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', disk);
    mounts.push(disk);
    return disk;
  }

  /** Other programs take all the room that there is. */
  function fill(disk: string): void {
    for (const bytes of [MB, 64 * 1024, 4_096]) {
      const part = Buffer.alloc(bytes, 1);
      try {
        for (let count = 0; ; count++) writeFileSync(join(disk, `other-${bytes}-${count}`), part);
      } catch (error) {
        expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
      }
    }
  }

  const letter = (number: number): DeadLetterEntry => ({
    id: `l${number}`,
    node: 'n',
    port: 'in',
    at: number,
    sentence: 'Bad.',
    message: waitingAt(number).message,
  });

  /** A store on a full disk, with messages waiting and dead letters. */
  function onFullDisk() {
    const disk = mounted(24);
    const opened = openSaying(disk);
    const rows = Array.from({ length: 2_000 }, (_, index) => index + 1);
    opened.store.commit([
      changes({ pendingAdded: rows.map(waitingAt), deadLetters: rows.slice(0, 500).map(letter) }),
    ]);
    expect(ballast(disk)).toBeGreaterThan(MB);
    fill(disk);
    const commitUntilFull = (): number => {
      for (let number = 0; number < 1_000; number++) {
        const many = Array.from({ length: 50 }, (_, index) =>
          stateRow(`${number}-${index}`, 'x'.repeat(900)),
        );
        try {
          opened.store.commit([changes({ state: many })]);
        } catch (error) {
          expect(error).toMatchObject({ code: 'disk-full' });
          return number;
        }
      }
      throw new Error('The disk never was full.');
    };
    return { disk, ...opened, commitUntilFull };
  }

  it('[EN9] stops commits with nothing half written; the same store goes on when there is room', () => {
    const { disk, store, said, commitUntilFull } = onFullDisk();
    const stored = commitUntilFull() * 50;
    expect(() =>
      store.commit([changes({ state: [stateRow('big', 'x'.repeat(MB))], pendingDone: [2] })]),
    ).toThrow('The disk is full or cannot be written');
    expect(store.load('flow').state).toHaveLength(stored);
    expect(waitingOf(store)[1]?.sequence).toBe(2);
    for (const count of [0, 1, 2, 3]) rmSync(join(disk, `other-${MB}-${count}`));
    store.commit([changes({ state: [stateRow('big', 'x'.repeat(MB))], pendingDone: [2] })]);
    expect(store.load('flow').state).toHaveLength(stored + 1);
    expect(said).toEqual([]);
  });

  it('[EN8] still lets what waited go out, a flow be forgotten and failed messages be removed', () => {
    const { disk, store, said, commitUntilFull } = onFullDisk();
    commitUntilFull();
    const before = ballast(disk);
    const sequences = waitingOf(store).map(({ sequence }) => sequence);
    for (let from = 0; from < sequences.length; from += 100)
      store.commit([changes({ pendingDone: sequences.slice(from, from + 100) })]);
    expect(waitingOf(store)).toEqual([]);
    commitUntilFull();
    const letters = openDeadLetters(join(disk, 'state.db'), (sentence) => said.push(sentence));
    onTestFinished(() => letters.close());
    expect(letters.remove(Array.from({ length: 400 }, (_, index) => `l${index + 1}`))).toBe(400);
    expect(letters.drop({}, letters.all()).dropped).toBe(100);
    store.forget('flow');
    expect(store.load('flow').state).toEqual([]);
    // What the deletions made free in the file is enough for what comes.
    store.commit([changes({ state: [stateRow('new', 'x'.repeat(100_000))] })]);
    expect(ballast(disk)).toBeGreaterThan(before / 2);
    expect(said).toEqual([]);
  });

  it('[EN9] is no reason not to open what is there, nor to lose it', () => {
    const { disk, store, commitUntilFull } = onFullDisk();
    commitUntilFull();
    const { length } = waitingOf(store);
    store.close();
    const again = openSaying(disk);
    expect(waitingOf(again.store)).toHaveLength(length);
    expect(again.said).toEqual([]);
  });
});
