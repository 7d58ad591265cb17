import { catalog } from '@sluice/nodes/catalog.ts';
import { applyCommand } from '@sluice/shared/flow/edit.ts';
import { type Flow, type FlowNode, emptyFlow, wireKey } from '@sluice/shared/flow/flow.ts';
import { describe, expect, it } from 'vitest';
import { smallFlow } from '../state/testing.ts';
import { clipFromText, clipOf, clipToText, pastePlan } from './clip.ts';
import { fitOfWire, misfits } from './connect.ts';
import { describeNode } from './describe.ts';
import { fileName } from './exportFlow.ts';
import { newNodeId } from './ids.ts';
import { layoutBoxes } from './layoutBoxes.ts';
import { readingOrder } from './order.ts';

function nodeAt(id: string, x: number, y: number, type = 'change'): FlowNode {
  return { id, type, position: { x, y }, config: {} };
}

function flowOf(nodes: FlowNode[], arrows: readonly (readonly [string, string])[]): Flow {
  return {
    ...emptyFlow('flow', 'Flow'),
    nodes,
    wires: arrows.map(([from, to]) => ({ from: [from, 'out'], to: [to, 'in'] })),
  };
}

describe('describeNode', () => {
  it('[sentence] a node that is set up says what it does, one that is not says so', () => {
    const hot = nodeAt('hot', 0, 0, 'threshold');
    expect(describeNode({ ...hot, config: { limit: 30 } }, catalog)).toMatchObject({
      isSetUp: true,
      sentence: 'above 30',
      name: 'Threshold',
    });
    expect(describeNode({ ...hot, config: { limit: 'high' } }, catalog)).toMatchObject({
      isSetUp: false,
      sentence: 'Not set up yet',
    });
  });

  it('[ports] follow the settings, also while these are half written, the error port last', () => {
    const names = (config: FlowNode['config']) =>
      describeNode({ ...nodeAt('hot', 0, 0, 'threshold'), config }, catalog).outputs.map((port) => port.name);
    expect(names({})).toEqual(['true', 'false', 'error']);
    expect(names({ mode: 'change' })).toEqual(['raised', 'cleared', 'error']);
    expect(names({ mode: 'change', limit: 'high' })).toEqual(['raised', 'cleared', 'error']);
  });

  it('[ports] a wired port that is gone is still there to be seen, before the error port', () => {
    const hot = nodeAt('hot', 0, 0, 'threshold');
    const { outputs } = describeNode(hot, catalog, { inputs: [], outputs: ['raised'] });
    expect(outputs.map((port) => port.name)).toEqual(['true', 'false', 'raised', 'error']);
  });

  it('[unknown type] is named, and has the ports that its wires name', () => {
    const found = describeNode(nodeAt('x', 0, 0, 'warp-drive'), catalog, {
      inputs: ['in'],
      outputs: ['out'],
    });
    expect(found).toMatchObject({ category: undefined, isSetUp: false });
    expect(found.sentence).toContain('warp-drive');
    expect([found.inputs[0]?.name, found.outputs[0]?.name]).toEqual(['in', 'out']);
  });
});

describe('readingOrder', () => {
  it('[order] goes from the top left along the wires, a branch to its end before the next', () => {
    const flow = flowOf(
      [nodeAt('low', 300, 200), nodeAt('in', 0, 0), nodeAt('high', 300, 0), nodeAt('end', 600, 0)],
      [
        ['in', 'low'],
        ['in', 'high'],
        ['high', 'end'],
      ],
    );
    expect(readingOrder(flow).map(({ id }) => id)).toEqual(['in', 'high', 'end', 'low']);
  });

  it('[order] a node that joins branches comes after all of them', () => {
    const flow = flowOf(
      [nodeAt('join', 100, 0), nodeAt('a', 0, 10), nodeAt('b', 0, 20)],
      [
        ['a', 'join'],
        ['b', 'join'],
      ],
    );
    expect(readingOrder(flow).map(({ id }) => id)).toEqual(['a', 'b', 'join']);
  });

  it('[order] a loop and a wire from nowhere leave no node out', () => {
    const flow = flowOf(
      [nodeAt('a', 0, 0), nodeAt('b', 100, 0)],
      [
        ['a', 'b'],
        ['b', 'a'],
        ['gone', 'a'],
      ],
    );
    expect(readingOrder(flow).map(({ id }) => id)).toEqual(['a', 'b']);
  });
});

describe('wires', () => {
  const flow = smallFlow();

  it('[a wire that cannot be] is refused with the reason', () => {
    const loop = fitOfWire(flow, catalog, { from: ['to', 'out'], to: ['hot', 'in'] });
    expect(loop).toMatchObject({ fits: false });
    expect(loop.fits ? '' : loop.sentence).toContain('loop');
    expect(fitOfWire(flow, catalog, { from: ['to', 'out'], to: ['in', 'in'] })).toMatchObject({
      fits: false,
    });
    expect(fitOfWire(flow, catalog, { from: ['in', 'out'], to: ['hot', 'in'] })).toMatchObject({
      fits: false,
      sentence: 'This wire is there already.',
    });
    expect(fitOfWire(flow, catalog, { from: ['hot', 'false'], to: ['to', 'in'] })).toEqual({ fits: true });
  });

  it('[a wire that cannot be] a loop through a node that holds back is allowed', () => {
    const held: Flow = {
      ...flow,
      nodes: [...flow.nodes, nodeAt('wait', 900, 0, 'delay')],
      wires: [...flow.wires, { from: ['to', 'out'], to: ['wait', 'in'] }],
    };
    expect(fitOfWire(held, catalog, { from: ['wait', 'out'], to: ['hot', 'in'] })).toEqual({ fits: true });
  });

  it('[targets dim] nodes without an input, before the wire, and the node itself', () => {
    expect([...misfits(flow, catalog, { side: 'output', end: ['hot', 'true'] })].sort()).toEqual([
      'hot',
      'in',
    ]);
    expect([...misfits(flow, catalog, { side: 'input', end: ['hot', 'in'] })].sort()).toEqual(['hot', 'to']);
  });
});

describe('clip', () => {
  const flow = smallFlow();
  let next = 0;
  const newId = (type: string) => `${type}-${(next += 1)}`;

  it('[copy and paste as text] gives the same nodes and the wires between them new ids, at another place', () => {
    const clip = clipFromText(clipToText(clipOf(flow, new Set(['hot', 'to']))));
    if (clip === undefined) throw new Error('The clip could not be read back.');
    const plan = pastePlan(clip, { x: 1000, y: 500 }, newId);
    const after = applyCommand(flow, plan.command).flow;
    expect(after.nodes).toHaveLength(5);
    expect(new Set(after.nodes.map(({ id }) => id)).size).toBe(5);
    const [hot, to] = after.nodes.slice(3);
    expect(hot).toMatchObject({ type: 'threshold', position: { x: 1000, y: 500 }, config: { limit: 30 } });
    expect(to?.position).toEqual({ x: 1304, y: 500 });
    expect(after.wires.map(wireKey)).toContain(`${hot?.id}.true>${to?.id}.in`);
    expect(after.wires).toHaveLength(3);
  });

  it('[copy and paste as text] takes the nodes of a whole flow file too', () => {
    expect(clipFromText(JSON.stringify(flow))?.nodes).toHaveLength(3);
  });

  it.each([
    '',
    'hello',
    '{',
    '{"sluice":"nodes","nodes":[]}',
    '{"sluice":"nodes","nodes":[{"id":"a"}]}',
    '[1]',
  ])('[copy and paste as text] other text is no clip: %s', (text) => {
    expect(clipFromText(text)).toBeUndefined();
  });
});

describe('tidy layout', () => {
  it('[tidy] goes from left to right, covers nothing, and keeps a row straight whatever the heights', () => {
    const boxes = [
      { id: 'e', width: 208, height: 240 },
      { id: 'a', width: 208, height: 94 },
      { id: 'b', width: 208, height: 180 },
      { id: 'c', width: 208, height: 94 },
      { id: 'd', width: 208, height: 240 },
    ];
    const placed = layoutBoxes({
      boxes,
      arrows: [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'c' },
      ],
    });
    expect(placed['b']?.x).toBeGreaterThan((placed['a']?.x ?? 0) + 208);
    expect(placed['c']?.x).toBeGreaterThan((placed['b']?.x ?? 0) + 208);
    expect([placed['a']?.y, placed['c']?.y]).toEqual([placed['b']?.y, placed['b']?.y]);
    const places = boxes.map((box) => ({ ...box, ...(placed[box.id] ?? { x: 0, y: 0 }) }));
    for (const one of places) {
      for (const other of places.filter(({ id }) => id > one.id)) {
        const isBeside = one.x + one.width <= other.x || other.x + other.width <= one.x;
        const isBelow = one.y + one.height <= other.y || other.y + other.height <= one.y;
        expect(isBeside || isBelow, `${one.id} and ${other.id}`).toBe(true);
      }
    }
  });
});

describe('names', () => {
  it('[ids] say the type, are never the same, and fit a flow file', () => {
    const ids = new Set(Array.from({ length: 1_000 }, () => newNodeId('threshold')));
    expect(ids.size).toBe(1_000);
    for (const id of ids) expect(id).toMatch(/^threshold-[a-z2-9]{6}$/);
  });

  it.each([
    ['Freezer too warm', 'freezer-too-warm'],
    ['  Kühl / Haus 7 ', 'kühl-haus-7'],
    ['../..', 'flow'],
  ])('[export] %s is a file name: %s', (name, expected) => {
    expect(fileName(name)).toBe(expected);
  });
});
