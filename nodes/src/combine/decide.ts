/** What is asked of a number of conditions. */
export type Rule = 'all' | 'any' | 'none' | 'atLeast';

/** How many conditions there are, and of how many it is known that they hold or do not. */
export interface Tally {
  readonly holding: number;
  readonly failing: number;
  readonly total: number;
}

/**
 * Whether the rule holds; `undefined` while conditions of which nothing is known yet could still turn it either way
 * (Kleene's three-valued logic).
 */
export function decide(rule: Rule, atLeast: number, { holding, failing, total }: Tally): boolean | undefined {
  switch (rule) {
    case 'all':
      return reaches(total, holding, failing, total);
    case 'any':
      return reaches(1, holding, failing, total);
    case 'none': {
      const any = reaches(1, holding, failing, total);
      return any === undefined ? undefined : !any;
    }
    case 'atLeast':
      return reaches(atLeast, holding, failing, total);
  }
}

function reaches(needed: number, holding: number, failing: number, total: number): boolean | undefined {
  if (holding >= needed) return true;
  return total - failing < needed ? false : undefined;
}
