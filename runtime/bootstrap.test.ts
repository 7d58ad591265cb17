import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { majorOf, needsBuild, needsInstall, newestMs, waysToChromium } from './bootstrap.js';

describe('what a clone needs before it starts', () => {
  it('installs on a fresh clone and after the lock file changed, and not else', () => {
    expect(needsInstall(100, undefined)).toBe(true);
    expect(needsInstall(200, 100)).toBe(true);
    expect(needsInstall(100, 200)).toBe(false);
    expect(needsInstall(100, 100)).toBe(false);
  });

  it('builds the editor when it was never built or a source is newer', () => {
    expect(needsBuild(100, undefined)).toBe(true);
    expect(needsBuild(200, 100)).toBe(true);
    expect(needsBuild(100, 200)).toBe(false);
  });

  it('reads the major version of Node', () => {
    expect(['v26.9.0', '18.0.1', 'v9.1.0', 'nothing'].map(majorOf)).toEqual([26, 18, 9, 0]);
  });

  it('looks for a browser where one can be had', () => {
    expect(waysToChromium({ isThere: true, isRoot: true, isDebian: true })).toEqual([]);
    expect(waysToChromium({ isThere: false, isRoot: true, isDebian: true })).toEqual(['apt', 'playwright']);
    expect(waysToChromium({ isThere: false, isRoot: false, isDebian: true })).toEqual(['playwright']);
    expect(waysToChromium({ isThere: false, isRoot: true, isDebian: false })).toEqual(['playwright']);
  });
});

describe('the newest change of a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bootstrap-'));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function write(path: string, seconds: number): void {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), '');
    utimesSync(join(folder, path), seconds, seconds);
  }

  it('looks into folders, and leaves out tests and packages', () => {
    write('one.ts', 10);
    write('deep/er/two.ts', 20);
    write('deep/two.test.ts', 90);
    write('node_modules/three.js', 90);
    expect(newestMs(folder)).toBe(20_000);
    expect(newestMs(join(folder, 'one.ts'))).toBe(10_000);
    expect(newestMs(join(folder, 'nowhere'))).toBeUndefined();
  });
});
