import { type Flow, wireKey } from '@sluice/shared/flow/flow.ts';
import { describe, expect, it } from 'vitest';
import { createDocument } from './document.ts';
import { GESTURE_PAUSE_MS, createHistory } from './history.ts';
import { fakeServer, fakeTime, resourceOf, smallFlow } from './testing.ts';

function open() {
  const time = fakeTime();
  const resource = resourceOf(smallFlow());
  const document = createDocument(resource, { server: fakeServer(resource), time });
  const history = createHistory(document, time);
  const limit = () => document.getState().flow.nodes.find((node) => node.id === 'hot')?.config['limit'];
  const type = (value: number) =>
    history.edit(
      { kind: 'setConfig', id: 'hot', config: { limit: value } },
      { label: 'Set up Threshold', gesture: 'config hot limit' },
    );
  const move = (x: number) =>
    history.edit({ kind: 'moveNodes', positions: { hot: { x, y: 0 } } }, { label: 'Move 1 node' });
  return { time, document, history, limit, type, move };
}

/** What is put back comes last: the order of nodes and wires says nothing. */
function sorted(flow: Flow): Flow {
  return {
    ...flow,
    nodes: flow.nodes.toSorted((a, b) => a.id.localeCompare(b.id)),
    wires: flow.wires.toSorted((a, b) => wireKey(a).localeCompare(wireKey(b))),
  };
}

describe('history', () => {
  it('[undo over everything] takes back and does again, in order, by the name of what was done', () => {
    const { document, history, move } = open();
    const first = document.getState().flow;
    move(400);
    history.edit({ kind: 'removeNodes', ids: ['hot'] }, { label: 'Delete 1 node' });
    const last = document.getState().flow;
    expect(history.undo()?.label).toBe('Delete 1 node');
    expect(document.getState().flow.wires).toHaveLength(2);
    expect(history.undo()?.label).toBe('Move 1 node');
    expect(sorted(document.getState().flow)).toEqual(sorted(first));
    expect(history.undo()).toBeUndefined();
    history.redo();
    history.redo();
    expect(sorted(document.getState().flow)).toEqual(sorted(last));
    expect(history.redo()).toBeUndefined();
  });

  it('[one entry a gesture] typing in one field is one entry that goes back to before the first letter', () => {
    const { history, limit, type } = open();
    type(3);
    type(31);
    type(315);
    expect(history.getState().past).toHaveLength(1);
    history.undo();
    expect(limit()).toBe(30);
    history.redo();
    expect(limit()).toBe(315);
  });

  it('[one entry a gesture] a pause, a left field or another edit begins a new one', async () => {
    const { history, time, type, move } = open();
    type(1);
    await time.pass(GESTURE_PAUSE_MS + 1);
    type(2);
    history.endGesture();
    type(3);
    move(400);
    type(4);
    expect(history.getState().past).toHaveLength(5);
  });

  it('[one entry a gesture] edits of different kinds in one gesture go back together', () => {
    const { document, history } = open();
    const before = document.getState().flow;
    history.edit({ kind: 'moveNodes', positions: { hot: { x: 1, y: 1 } } }, { label: 'Move', gesture: 'g' });
    history.edit({ kind: 'moveNodes', positions: { to: { x: 2, y: 2 } } }, { label: 'Move', gesture: 'g' });
    expect(history.getState().past).toHaveLength(1);
    history.undo();
    expect(document.getState().flow).toEqual(before);
  });

  it('[undo] an edit after an undo forgets what could have been done again, and one that changes nothing is no entry', () => {
    const { document, history, move } = open();
    move(400);
    history.undo();
    history.edit({ kind: 'addWires', wires: document.getState().flow.wires }, { label: 'Draw wire' });
    expect(history.getState().future).toHaveLength(1);
    move(500);
    expect(history.getState().future).toEqual([]);
    history.clear();
    expect(history.getState().past).toEqual([]);
  });
});
