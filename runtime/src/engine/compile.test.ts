import { describe, expect, it } from 'vitest';
import { compile } from './compile.ts';
import { drawFlow } from './testNodes.ts';
import { testCatalog } from './testNodeTypes.ts';

const environment = { connections: new Map<string, string>() };

function compiled(...parts: Parameters<typeof drawFlow>) {
  return compile(drawFlow(...parts), testCatalog, environment);
}

function orderOf(...parts: Parameters<typeof drawFlow>) {
  const result = compiled(...parts);
  return result.ok ? result.plan.nodes.map(({ id }) => id) : result.problems;
}

describe('compile', () => {
  it('[EN1] puts nodes in topological order and points wires at indexes', () => {
    const result = compiled({ c: 'pass', b: 'pass', in: 'bring' }, 'in>b', 'b>c', 'in.other>c');
    expect(result.ok && result.plan.nodes.map(({ id }) => id)).toEqual(['in', 'b', 'c']);
    const outputs = result.ok ? result.plan.nodes[0]?.outputs : [];
    expect(outputs?.map(({ port, wires }) => [port.name, wires.map(({ to }) => to)])).toEqual([
      ['out', [1]],
      ['other', [2]],
      ['error', []],
    ]);
  });

  it('[EN1] gives problems with node and field, and no plan, for a flow with an error', () => {
    const result = compiled({ in: 'bring', hold: { type: 'hold', config: { ms: 'soon' } } }, 'in>hold');
    expect(result.ok).toBe(false);
    expect(result.problems).toEqual([
      expect.objectContaining({ severity: 'error', node: 'hold', field: 'ms', code: 'node.invalid-setting' }),
    ]);
  });

  it('[EN1] gives warnings along with the plan', () => {
    const result = compiled({ in: 'bring', lost: 'pass' });
    expect(result.ok).toBe(true);
    expect(result.problems.map(({ code }) => code)).toContain('node.needs-input');
  });

  it('[EN1] refuses a loop that nothing breaks', () => {
    const result = compiled({ in: 'bring', a: 'pass', b: 'pass' }, 'in>a', 'a>b', 'b>a');
    expect(result.ok).toBe(false);
    expect(result.problems.map(({ code }) => code)).toContain('loop');
  });

  it('[EN1] takes a loop through a node that holds messages back, and cuts it behind that node', () => {
    const hold = { type: 'hold', config: { ms: 5 } };
    expect(orderOf({ in: 'bring', a: 'pass', hold, b: 'pass' }, 'in>a', 'a>hold', 'hold>b', 'b>a')).toEqual([
      'in',
      'b',
      'a',
      'hold',
    ]);
    expect(orderOf({ hold, in: 'bring', b: 'pass' }, 'in>hold', 'hold>hold', 'hold>b')).toEqual([
      'in',
      'hold',
      'b',
    ]);
  });

  it('[EN1] leaves out notes and nodes that are switched off, with their wires', () => {
    const result = compiled(
      { in: 'bring', off: { type: 'pass', disabled: true }, note: 'note', b: 'pass' },
      'in>off',
      'off>b',
      'in>b',
    );
    expect(result.ok && result.plan.nodes.map(({ id }) => id)).toEqual(['in', 'b']);
    expect(result.ok && result.plan.nodes[0]?.outputs[0]?.wires).toHaveLength(1);
  });

  it('[EN1] takes a wire that is drawn twice as one', () => {
    const result = compiled({ in: 'bring', b: 'pass' }, 'in>b', 'in>b');
    expect(result.ok && result.plan.nodes[0]?.outputs[0]?.wires).toHaveLength(1);
  });

  it('[EN1] finds the expressions in settings, each once, and none in literals', () => {
    const expressionsOf = (value: unknown) => {
      const result = compiled({ in: 'bring', x: { type: 'compute', config: { value } } }, 'in>x');
      return result.ok ? result.plan.nodes.find(({ id }) => id === 'x')?.expressions : result.problems;
    };
    expect(expressionsOf({ expression: 'payload.a + 1' })).toEqual(['payload.a + 1']);
    expect(expressionsOf({ literal: { expression: 'not this' } })).toEqual([]);
    expect(expressionsOf({ path: 'payload.a' })).toEqual([]);
  });
});
