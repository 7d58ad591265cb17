import type { CatalogEntry, NodeCatalog } from '@sluice/shared/node/catalog.ts';
import {
  CATEGORIES,
  CATEGORY_TITLES,
  type Category,
  ERROR_PORT,
  outputsOf,
} from '@sluice/shared/node/defineNode.ts';
import type { OpenEnd } from '../state/session.ts';

export interface PaletteGroup {
  readonly category: Category;
  readonly title: string;
  readonly entries: readonly CatalogEntry[];
}

/** The palette as it is when nothing is searched: all types by category, in the order of the catalog. */
export function groupsOf(entries: readonly CatalogEntry[]): readonly PaletteGroup[] {
  return CATEGORIES.map((category) => ({
    category,
    title: CATEGORY_TITLES[category],
    entries: entries.filter(({ definition }) => definition.category === category),
  })).filter((group) => group.entries.length > 0);
}

/**
 * Types that are found by these words, the best first. Every word has to be found: in the title best, then among
 * the keywords, then in the summary. Without words: all of them.
 */
export function searchNodes(catalog: NodeCatalog, search: string): readonly CatalogEntry[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return [...catalog.values()]
    .map((entry) => ({ entry, score: Math.min(...words.map((word) => scoreOf(entry, word)), WHOLE) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ entry }) => entry);
}

const WHOLE = 6;

function scoreOf({ definition }: CatalogEntry, word: string): number {
  const title = definition.title.toLowerCase();
  if (title === word) return WHOLE;
  if (title.startsWith(word)) return 5;
  if (title.includes(` ${word}`) || definition.type.includes(word)) return 4;
  if (definition.keywords?.some((keyword) => keyword.toLowerCase().startsWith(word)) === true) return 3;
  if (title.includes(word)) return 2;
  return definition.summary.toLowerCase().includes(word) ? 1 : 0;
}

/** Types that can be wired to an open end: they take messages, or give some. */
export function fittingTypes(
  entries: readonly CatalogEntry[],
  from: OpenEnd | undefined,
): readonly CatalogEntry[] {
  if (from === undefined) return entries;
  return entries.filter((entry) => (from.side === 'output' ? takesMessages(entry) : givesMessages(entry)));
}

function takesMessages({ definition }: CatalogEntry): boolean {
  return definition.inputs.length > 0;
}

function givesMessages({ definition }: CatalogEntry): boolean {
  if (typeof definition.outputs === 'function') return true;
  return outputsOf(definition, {}).some((port) => port.name !== ERROR_PORT.name);
}
