import { describe, expect, it } from 'vitest';
import { readFlow } from './readFlow.ts';

const good = { format: 1, id: 'f', name: 'Flow', nodes: [], wires: [] };

function sentenceOf(input: unknown): string {
  const read = readFlow(input);
  return read.ok ? 'ok' : `${read.code}: ${read.sentence}`;
}

describe('readFlow', () => {
  it('fills in what may be left out', () => {
    expect(readFlow(JSON.stringify(good))).toEqual({
      ok: true,
      flow: { ...good, connections: {}, scenarios: [] },
    });
  });

  it('says of a broken file where it is broken', () => {
    expect(sentenceOf('{ "format": 1, ')).toMatch(/^invalid-json: The flow file is not JSON: .+/);
    expect(sentenceOf('[]')).toContain('A flow file is a JSON object');
    expect(sentenceOf(null)).toContain('A flow file is a JSON object');
    expect(sentenceOf('"text"')).toContain('one text and not a flow');
  });

  it('refuses a format that is newer than itself, and says what to do', () => {
    expect(sentenceOf({ ...good, format: 7, nodes: 'of another shape' })).toBe(
      'future-format: The flow is of format 7, and this Sluice reads up to 1. Update Sluice to open it.',
    );
  });

  it('refuses what is huge, nested without end or refers to itself', () => {
    const cyclic: Record<string, unknown> = { ...good };
    cyclic['connections'] = { a: cyclic };
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    expect(sentenceOf(cyclic)).toMatch(/^too-large: The flow is nested/);
    expect(sentenceOf(deep)).toMatch(/^too-large: The flow is nested/);
    expect(sentenceOf(' '.repeat(4_000_001))).toMatch(/^too-large: The flow file has 4\.0 MB/);
    expect(
      sentenceOf({
        ...good,
        nodes: Array.from({ length: 2_001 }, (_, at) => ({
          id: `n${at}`,
          type: 't',
          position: { x: 0, y: 0 },
        })),
      }),
    ).toMatch(/^invalid-flow: nodes/);
  });

  it('names the field that does not fit', () => {
    const nodes = [{ id: 'a', type: 'debug', position: { x: 'left', y: 0 } }];
    expect(sentenceOf({ ...good, nodes })).toMatch(/^invalid-flow: nodes\[0\]\.position\.x: /);
  });

  it('takes __proto__ as a plain key', () => {
    const text = JSON.stringify({
      ...good,
      nodes: [{ id: 'a', type: 'debug', position: { x: 0, y: 0 }, config: {} }],
    }).replace('"config":{}', '"config":{"__proto__":{"polluted":true}}');
    expect(readFlow(text).ok).toBe(true);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
