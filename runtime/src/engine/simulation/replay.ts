import { report, simulate } from './simulate.ts';

// node runtime/src/engine/simulation/replay.ts SEED: runs one seed and prints its end.

/** What a replay of a seed prints; a sentence for something that is no seed. */
export async function replay(text: string | undefined): Promise<string> {
  const seed = Number(text);
  if (text === undefined || !Number.isInteger(seed)) return 'Give the seed, a whole number: replay.ts 17';
  return report(await simulate(seed));
}

if (import.meta.main) console.log(await replay(process.argv[2]));
