import type { Flow } from '@sluice/shared/flow/flow.ts';

/** Hands the flow to the browser as a file that `sluice run` and an import take. */
export function exportFlow(flow: Flow): void {
  const file = new Blob([`${JSON.stringify(flow, undefined, 2)}\n`], { type: 'application/json' });
  const address = URL.createObjectURL(file);
  const anchor = window.document.createElement('a');
  anchor.href = address;
  anchor.download = `${fileName(flow.name)}.json`;
  anchor.click();
  URL.revokeObjectURL(address);
}

/** A name that every file system takes: `Freezer too warm` as `freezer-too-warm`. */
export function fileName(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '');
  return plain === '' ? 'flow' : plain.slice(0, 80);
}
