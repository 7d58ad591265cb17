import { readFileSync } from 'node:fs';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import { readFlow } from '@sluice/shared/flow/readFlow.ts';

const EXAMPLES = new URL('../../../examples/', import.meta.url);
const FILES = ['demo-freezers.json', 'demo-pump.json', 'demo-silent.json'];

/**
 * The three flows of the demo, which run on the devices of `startDemo`. The server makes and deploys them on its first
 * start. They publish by the connection `broker`, the one by which devices publish.
 */
export function demoFlows(): readonly Flow[] {
  return FILES.map((file) => {
    const read = readFlow(readFileSync(new URL(file, EXAMPLES), 'utf8'));
    if (!read.ok) throw new Error(`examples/${file}: ${read.sentence}`);
    // The server has the connections; those in the file serve `sluice run`.
    return { ...read.flow, connections: {} };
  });
}
