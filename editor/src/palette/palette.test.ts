import { catalog } from '@sluice/nodes/catalog.ts';
import { describe, expect, it } from 'vitest';
import { ICON_NAMES } from './NodeIcon.tsx';
import { fittingTypes, groupsOf, searchNodes } from './searchNodes.ts';

const all = [...catalog.values()];
const typesOf = (entries: readonly (typeof all)[number][]) =>
  entries.map(({ definition }) => definition.type);

describe('palette', () => {
  it('[every type has its icon] the editor ships each icon that a definition names', () => {
    const missing = all.filter(({ definition }) => !ICON_NAMES.has(definition.icon));
    expect(missing.map(({ definition }) => `${definition.type}: ${definition.icon}`)).toEqual([]);
  });

  it('[search] without words gives all types, in groups that lose none', () => {
    expect(typesOf(searchNodes(catalog, '  '))).toEqual(typesOf(all));
    expect(groupsOf(all).flatMap(({ entries }) => entries)).toHaveLength(all.length);
  });

  it('[search] finds by title first, by keyword, and by any word of the summary', () => {
    expect(typesOf(searchNodes(catalog, 'thresh'))[0]).toBe('threshold');
    expect(typesOf(searchNodes(catalog, 'HYSTER'))).toEqual(['threshold']);
    expect(typesOf(searchNodes(catalog, 'beyond limit'))[0]).toBe('threshold');
  });

  it('[search] every word has to be found', () => {
    expect(searchNodes(catalog, 'threshold nonsenseword')).toEqual([]);
  });

  it('[add after an output] only types that take messages are offered, and before an input only those that give some', () => {
    const after = typesOf(fittingTypes(all, { side: 'output', end: ['in', 'out'] }));
    expect(after).toContain('threshold');
    expect(after).not.toContain('device-input');
    const before = typesOf(fittingTypes(all, { side: 'input', end: ['hot', 'in'] }));
    expect(before).toContain('device-input');
    expect(before).not.toContain('debug');
    expect(typesOf(fittingTypes(all, undefined))).toEqual(typesOf(all));
  });
});
