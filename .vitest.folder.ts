import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One temporary folder for everything that a run of the tests writes; it goes with the run. */
export default function ownFolder(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-tests-'));
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
