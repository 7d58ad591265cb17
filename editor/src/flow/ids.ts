const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';
const LENGTH = 6;

/** A new node id that says the type: `threshold-k3x9ab`. Never one that was used before, so that no state is taken over. */
export function newNodeId(type: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(LENGTH));
  return `${type}-${[...bytes].map((byte) => LETTERS[byte % LETTERS.length]).join('')}`;
}
