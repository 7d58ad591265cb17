/** `1 node`, `3 nodes`. */
export function count(amount: number, what: string): string {
  return amount === 1 ? `1 ${what}` : `${amount} ${what}s`;
}
