import { catalog } from '@sluice/nodes/catalog.ts';
import { applyCommand } from '@sluice/shared/flow/edit.ts';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { Problem } from '@sluice/shared/flow/problem.ts';
import type { ShownMessage } from '@sluice/shared/protocol/shown.ts';
import { describe, expect, it } from 'vitest';
import { NOTHING_SELECTED, type Selection } from '../state/session.ts';
import { smallFlow } from '../state/testing.ts';
import { nodeAlong } from './alongWires.ts';
import { positionsAfterDrag, selectionAfter } from './changes.ts';
import { GRID, HEAD_HEIGHT, NODE_WIDTH, PORT_SIZE, firstView, freePlace } from './geometry.ts';
import { createDescriber } from './picture.ts';
import { payloadLine, shortValue, tinyValue } from './shownValue.ts';
import { type Canvas, toCanvas } from './toCanvas.ts';

const describeAll = createDescriber(catalog);

function draw(
  flow: Flow,
  more: { selection?: Selection; problems?: readonly Problem[]; before?: Canvas } = {},
): Canvas {
  const { selection = NOTHING_SELECTED, problems = [], before } = more;
  return toCanvas({ flow, pictures: describeAll(flow), selection, problems }, before);
}

const nodeOf = (canvas: Canvas, id: string) => canvas.nodes.find((node) => node.id === id);

describe('toCanvas', () => {
  it('[declared sizes] every node says its size and where its ports are: nothing is measured', () => {
    const hot = nodeOf(draw(smallFlow()), 'hot');
    expect(hot).toMatchObject({ width: NODE_WIDTH, measured: { width: NODE_WIDTH, height: hot?.height } });
    expect(hot?.handles?.map(({ id, type }) => `${type} ${id}`)).toEqual([
      'target in',
      'source true',
      'source false',
      'source error',
    ]);
    const [input] = hot?.handles ?? [];
    expect(input).toMatchObject({ x: -PORT_SIZE / 2, y: HEAD_HEIGHT / 2 - PORT_SIZE / 2, width: PORT_SIZE });
    for (const port of hot?.handles ?? []) expect(port.y).toBeLessThan(hot?.height ?? 0);
  });

  it('[straight rows] the input and a lone output of every node are at one height', () => {
    for (const id of ['in', 'to']) {
      const own = nodeOf(draw(smallFlow()), id)?.handles?.filter((port) => port.id !== 'error') ?? [];
      for (const port of own) expect(port.y).toBe(HEAD_HEIGHT / 2 - PORT_SIZE / 2);
    }
  });

  it('[steps] are numbered in reading order, notes are not', () => {
    const flow = applyCommand(smallFlow(), {
      kind: 'addNodes',
      nodes: [{ id: 'note', type: 'comment', position: { x: 0, y: -200 }, config: { text: 'Hello' } }],
      wires: [],
    }).flow;
    const canvas = draw(flow);
    expect(canvas.nodes.map(({ id, type, data }) => [id, type, data.step])).toEqual([
      ['in', 'step', 1],
      ['hot', 'step', 2],
      ['to', 'step', 3],
      ['note', 'note', 0],
    ]);
    expect(nodeOf(canvas, 'note')?.data.note).toBe('Hello');
  });

  it('[screen reader] a node is read as its step, name, sentence and problems', () => {
    const problem: Problem = {
      severity: 'error',
      code: 'node.invalid-setting',
      node: 'hot',
      sentence: 'Limit: …',
    };
    const off = applyCommand(smallFlow(), { kind: 'setNode', id: 'hot', set: { disabled: true } }).flow;
    expect(nodeOf(draw(off, { problems: [problem] }), 'hot')?.ariaLabel).toBe(
      '2. Threshold: above 30. Switched off. Limit: …',
    );
  });

  it('[live values stay out] the foot watches what comes out, or what goes in where nothing does', () => {
    const canvas = draw(smallFlow());
    expect(nodeOf(canvas, 'hot')?.data.watched).toEqual(['hot.true>to.in']);
    expect(nodeOf(canvas, 'to')?.data.watched).toEqual(['hot.true>to.in']);
  });

  it('[drawn as before is the same object] a move draws one node anew, and no other and no wire', () => {
    const flow = smallFlow();
    const before = draw(flow);
    expect(draw(flow, { before }).nodes).toEqual(before.nodes);
    const moved = applyCommand(flow, { kind: 'moveNodes', positions: { hot: { x: 312, y: 0 } } }).flow;
    const after = draw(moved, { before });
    expect(after.nodes.map((node, index) => node === before.nodes[index])).toEqual([true, false, true]);
    expect(after.wires.every((wire, index) => wire === before.wires[index])).toBe(true);
    const lower = applyCommand(moved, { kind: 'moveNodes', positions: { hot: { x: 312, y: 8 } } }).flow;
    expect(nodeOf(draw(lower, { before: after }), 'hot')?.position).toEqual({ x: 312, y: 8 });
    const chosen = draw(moved, { before: after, selection: { nodes: ['to'], wires: ['in.out>hot.in'] } });
    expect(chosen.nodes.map((node, index) => node === after.nodes[index])).toEqual([true, true, false]);
    expect(chosen.wires.map(({ selected }) => selected)).toEqual([true, false]);
  });

  it('[broken wires] a wire to a node that is not there is not drawn; one to a lost port is, as broken', () => {
    const flow: Flow = {
      ...smallFlow(),
      wires: [
        { from: ['in', 'out'], to: ['gone', 'in'] },
        { from: ['hot', 'raised'], to: ['to', 'in'] },
      ],
    };
    const sentence = 'It has no output “raised”.';
    const problems: Problem[] = [
      { severity: 'error', code: 'wire.unknown-port', wire: 'hot.raised>to.in', sentence },
    ];
    const canvas = draw(flow, { problems });
    expect(canvas.wires.map(({ id, data }) => [id, data?.problem])).toEqual([['hot.raised>to.in', sentence]]);
    expect(nodeOf(canvas, 'hot')?.handles?.map(({ id }) => id)).toContain('raised');
  });
});

describe('changes from the canvas', () => {
  it('[selection] adds and takes away what changed', () => {
    const after = selectionAfter(
      { nodes: ['a', 'b'], wires: ['w'] },
      [
        { type: 'select', id: 'a', selected: false },
        { type: 'select', id: 'c', selected: true },
      ],
      [{ type: 'select', id: 'w', selected: false }],
    );
    expect(after).toEqual({ nodes: ['b', 'c'], wires: [] });
  });

  it('[drag] only nodes that ended elsewhere have moved', () => {
    const [first, second] = draw(smallFlow()).nodes;
    if (first === undefined || second === undefined) throw new Error('The flow has three nodes.');
    const before = new Map([
      ['in', { x: 0, y: 0 }],
      ['hot', { x: 0, y: 0 }],
    ]);
    expect(positionsAfterDrag([first, second], before)).toEqual({ hot: { x: 304, y: 0 } });
  });

  it('[keyboard] arrows go along wires, and up and down to the nearest', () => {
    const flow = applyCommand(smallFlow(), {
      kind: 'addNodes',
      nodes: [{ id: 'low', type: 'debug', position: { x: 304, y: 200 }, config: {} }],
      wires: [{ from: ['in', 'out'], to: ['low', 'in'] }],
    }).flow;
    expect(nodeAlong(flow, 'in', 'ArrowRight')).toBe('hot');
    expect(nodeAlong(flow, 'low', 'ArrowLeft')).toBe('in');
    expect(nodeAlong(flow, 'hot', 'ArrowDown')).toBe('low');
    expect(nodeAlong(flow, 'low', 'ArrowUp')).toBe('hot');
    expect(nodeAlong(flow, 'to', 'ArrowRight')).toBeUndefined();
    expect(nodeAlong(flow, 'gone', 'ArrowUp')).toBeUndefined();
  });
});

describe('geometry', () => {
  it('[free place] goes down until nothing is covered, on the grid', () => {
    const size = { width: 208, height: 94 };
    const taken = [
      { x: 300, y: 0, ...size },
      { x: 300, y: 130, ...size },
    ];
    const place = freePlace({ x: 305, y: 10 }, size, taken);
    expect(place.y).toBeGreaterThanOrEqual(224);
    expect([place.x % GRID, place.y % GRID]).toEqual([0, 0]);
    expect(freePlace({ x: 600, y: 0 }, size, taken)).toEqual({ x: 600, y: 0 });
  });

  it('[first view] shows all of a flow, or its beginning where all would be too small to read', () => {
    const small = firstView({ x: 100, y: 100, width: 400, height: 100 }, { width: 800, height: 600 });
    expect(small).toEqual({ x: 100, y: 150, zoom: 1 });
    const large = firstView({ x: 0, y: 0, width: 9_000, height: 100 }, { width: 800, height: 600 });
    expect(large).toMatchObject({ x: 40, y: 40 });
    expect(large.zoom).toBeGreaterThanOrEqual(0.6);
  });
});

describe('values on the canvas', () => {
  const shown = (payload: ShownMessage['payload'], cut?: ShownMessage['cut']): ShownMessage => ({
    id: 'm',
    time: 0,
    topic: '',
    payload,
    headers: {},
    cut,
  });

  it.each([
    [-15.25, '−15.25', '−15.25'],
    [true, 'yes', 'yes'],
    [{ value: 21.5, unit: '°C' }, '21.5 °C', '21.5 °C'],
    [{ status: 'ok', temperature: -18 }, 'temperature −18', '−18'],
    [{}, 'empty', 'empty'],
    [[1, 2, 3], '3 items', '3 items'],
    [{ a: { b: 1 } }, '1 field', '1 field'],
  ] as const)('[in a few letters] %j is %s, and %s on a wire', (payload, foot, chip) => {
    expect(shortValue(shown(payload), 22)).toBe(foot);
    expect(tinyValue(shown(payload))).toBe(chip);
  });

  it('[in a few letters] what is long is cut, and bytes are counted', () => {
    expect(shortValue(shown('a text that is too long'), 10)).toBe('a text th…');
    expect(shortValue(shown('AAA=', { bytes: 812, kind: 'bytes' }), 22)).toBe('812 bytes');
    expect(payloadLine(shown({ temperature: -18, door: false }))).toBe('temperature −18 · door no');
  });
});
