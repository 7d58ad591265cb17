import type { Flow } from '@sluice/shared/flow/flow.ts';
import { saveJsonFile } from '../ui/saveFile.ts';

/** Hands the flow to the browser as a file that `sluice run` and an import take. */
export function exportFlow(flow: Flow): void {
  saveJsonFile(`${fileName(flow.name)}.json`, [`${JSON.stringify(flow, undefined, 2)}\n`]);
}

/** A name that every file system takes: `Freezer too warm` as `freezer-too-warm`. */
export function fileName(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '');
  return plain === '' ? 'flow' : plain.slice(0, 80);
}
