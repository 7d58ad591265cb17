// Keys of state in an address. A key may be any text, and an address cannot end in nothing, `.` or `..`: browsers take
// those for a folder, and “forget this key” would become “forget all”.

/** How a key stands in the address of `setNodeState` and `clearNodeStateKey`, before it is escaped. */
export function stateKeyInPath(key: string): string {
  const isSpecial = key === '' || key === '.' || key === '..' || key.startsWith('"') || !key.isWellFormed();
  return isSpecial ? JSON.stringify(key) : key;
}

/** The key that stands in an address; `undefined` where it begins with a quote and is no text in quotes. */
export function stateKeyOfPath(part: string): string | undefined {
  if (!part.startsWith('"')) return part;
  try {
    const key: unknown = JSON.parse(part);
    return typeof key === 'string' ? key : undefined;
  } catch {
    return undefined;
  }
}
