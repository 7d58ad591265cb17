import { formatNumber } from '../ui/formatValue.ts';

/** What the server found in the chain. */
export interface ChainResult {
  readonly isWhole: boolean;
  /** How many were looked at. */
  readonly entries: number;
  /** The id of the first entry that does not fit. */
  readonly brokenAt?: number | undefined;
}

function countedEntries(count: number): string {
  return count === 1 ? '1 entry' : `${formatNumber(count)} entries`;
}

/** The result of a check as sentences. */
export function chainSentence({ isWhole, entries, brokenAt }: ChainResult): string {
  if (isWhole) {
    const looked = entries === 1 ? 'its only entry was' : `all ${countedEntries(entries)} were`;
    return `The chain is whole: ${looked} looked at, and none was changed, taken out or put in.`;
  }
  const where = brokenAt === undefined ? '' : ` at entry ${String(brokenAt)}`;
  return `The chain is broken${where}: something there was changed, taken out or put in outside of Sluice. Entries before it are as they were written. Export the log, and compare it with a backup.`;
}

/** How much of the log is shown. */
export function shownWords(count: number, hasOlder: boolean): string {
  if (hasOlder) return `The newest ${countedEntries(count)}; older ones come as you scroll.`;
  return count === 0 ? '' : `${countedEntries(count)}, that is all.`;
}
