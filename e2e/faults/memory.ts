import { residentMb } from './processes.ts';
import { every } from './time.ts';

const SAMPLE_MS = 500;
/** What the tree may take more than at the beginning: garbage that has yet to be collected, of up to four processes. */
const MOST_GROWTH_MB = 200;

/** Resident memory of the product's process tree, from `start` on. */
export interface Memory {
  start(): void;
  stop(): void;
  /** Of the first samples, and of all. */
  figures(): { readonly firstMb: number; readonly mostMb: number };
  /** `heldMb`: what the product has to hold at once by what it promises. */
  breaches(heldMb: number): string[];
}

export function watchMemory(pid: () => number): Memory {
  const samples: number[] = [];
  const take = () => samples.push(residentMb(pid()));
  let stopSamples = () => {};
  const figures = () => ({
    firstMb: Math.round(Math.max(0, ...samples.slice(0, 3))),
    mostMb: Math.round(Math.max(0, ...samples)),
  });
  return {
    start: () => {
      // The first one at once: a moment later a fault may have taken half of the tree.
      take();
      stopSamples = every(SAMPLE_MS, take);
    },
    stop: () => stopSamples(),
    figures,
    breaches: (heldMb) => {
      const { firstMb, mostMb } = figures();
      const mostGrowthMb = MOST_GROWTH_MB + heldMb;
      if (mostMb <= firstMb + mostGrowthMb) return [];
      return [`memory grew from ${firstMb} MB to ${mostMb} MB; at most ${mostGrowthMb} MB more are allowed`];
    },
  };
}
