import { describe, expect, it } from 'vitest';
import { type KeptText, createSession } from './session.ts';

function keptText(first: string | null = null): KeptText & { text: string | null } {
  const kept = {
    text: first,
    read: () => kept.text,
    write(text: string) {
      kept.text = text;
    },
  };
  return kept;
}

describe('session', () => {
  it('[kept in the browser] panels, tabs and where one looked are there again, the selection is not', () => {
    const kept = keptText();
    const session = createSession(kept);
    session.set({ leftTab: 'outline', isDockOpen: false });
    session.setViewport('flow', { x: 1, y: 2, zoom: 0.5 });
    session.setLayout('columns', { left: 20, middle: 80 });
    session.select({ nodes: ['hot'] });
    expect(createSession(kept).getState()).toMatchObject({
      leftTab: 'outline',
      isDockOpen: false,
      viewports: { flow: { x: 1, y: 2, zoom: 0.5 } },
      layouts: { columns: { left: 20, middle: 80 } },
      selection: { nodes: [], wires: [] },
    });
  });

  it.each(['{', '[]', '{"leftTab":"nonsense"}', '{"viewports":{"f":{"x":"a"}}}'])(
    '[kept in the browser] what is not ours is passed over: %s',
    (text) => {
      expect(createSession(keptText(text)).getState()).toMatchObject({ leftTab: 'add', viewports: {} });
    },
  );

  it('[kept in the browser] the views of at most 50 flows', () => {
    const kept = keptText();
    const session = createSession(kept);
    for (let index = 0; index < 60; index++) session.setViewport(`flow-${index}`, { x: 0, y: 0, zoom: 1 });
    const ids = Object.keys(createSession(kept).getState().viewports);
    expect(ids).toHaveLength(50);
    expect(ids.at(-1)).toBe('flow-59');
  });

  it('[selection] choosing the same again tells nobody', () => {
    const session = createSession(keptText());
    session.select({ nodes: ['a'] });
    let told = 0;
    session.subscribe(() => (told += 1));
    session.select({ nodes: ['a'] });
    expect(told).toBe(0);
    session.select({ wires: ['w'] });
    expect(session.getState().selection).toEqual({ nodes: [], wires: ['w'] });
  });

  it('[focus] asking for the same field twice is two requests, and opens the panel', () => {
    const session = createSession(keptText());
    session.set({ isRightOpen: false });
    session.focusField('hot', 'limit');
    const first = session.getState().focus;
    session.focusField('hot', 'limit');
    expect(session.getState()).toMatchObject({ isRightOpen: true, selection: { nodes: ['hot'] } });
    expect(session.getState().focus?.count).toBe((first?.count ?? 0) + 1);
  });
});
