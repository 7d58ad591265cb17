/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** 0 to 1, 1 left out. */
  next(): number;
  /** A whole number; both ends belong to it. */
  whole(from: number, to: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<T>(from: readonly [T, ...T[]]): T;
  /** A row of numbers of its own, so that more draws in one place do not change those in another. */
  fork(name: string): Random;
}

export function createRandom(seed: number, name = ''): Random {
  let state = mixed(seed, name);
  /** mulberry32 by Tommy Ettinger, public domain: 32 bits of state, passes gjrand's tests for this many draws. */
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    whole,
    chance: (probability) => next() < probability,
    pick: (from) => from[whole(0, from.length - 1)] ?? from[0],
    fork: (part) => createRandom(seed, `${name}/${part}`),
  };
}

/** FNV-1a over the seed and the name. */
function mixed(seed: number, name: string): number {
  let hash = 0x811c9dc5;
  for (const character of `${seed}${name}`)
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash;
}
