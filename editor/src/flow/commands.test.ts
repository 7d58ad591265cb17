import { describe, expect, it } from 'vitest';
import type { DocumentState, SaveState } from '../state/document.ts';
import { liveState } from '../deploy/liveState.ts';
import { resourceOf, smallFlow } from '../state/testing.ts';
import { COMMANDS } from './commands.ts';
import { ARRANGING, EDITING } from './editCommands.ts';
import { saveWords } from './saveWords.ts';

describe('commands', () => {
  it('[keys] no two commands have the same, and none has an id twice', () => {
    const keys = COMMANDS.flatMap((command) => command.keys);
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(COMMANDS.map(({ id }) => id)).size).toBe(COMMANDS.length);
  });

  it('[keyboard alone] what is on keys says which, so that the help and the menu can show it', () => {
    for (const { id, keys, shown } of COMMANDS)
      expect([id, keys.length > 0]).toEqual([id, shown !== undefined]);
  });
});

describe('what a role may do', () => {
  it('[roles] every command that draws, deploys or saves is for those who may change the flow', () => {
    const forChanging = new Set(COMMANDS.filter(({ needs }) => needs === 'edit').map(({ id }) => id));
    for (const { id } of [...EDITING, ...ARRANGING])
      expect([id, forChanging.has(id)]).toEqual([id, id !== 'select-all']);
    expect(['deploy', 'deploy-with-note', 'save'].every((id) => forChanging.has(id))).toBe(true);
    const forRunning = COMMANDS.filter(({ needs }) => needs === 'run').map(({ id }) => id);
    expect(forRunning).toEqual(['stop', 'start']);
  });
});

describe('how the draft stands', () => {
  const { flow, ...about } = resourceOf(smallFlow());
  const running = { flow: 'flow', version: 3, state: 'running', sentence: '', since: 0 } as const;
  const stateOf = (save: SaveState, more: Partial<DocumentState['about']> = {}): DocumentState => ({
    flow,
    saved: flow,
    about: { ...about, ...more },
    save,
  });

  it.each([
    [stateOf({ kind: 'saved' }), 'Saved', false],
    [stateOf({ kind: 'saved' }, { deployment: running }), 'Saved', false],
    [stateOf({ kind: 'saved' }, { deployment: running, changed: true }), 'Draft · changed since v3', false],
    [stateOf({ kind: 'waiting' }), 'Saving…', false],
    [stateOf({ kind: 'saving' }), 'Saving…', false],
    [stateOf({ kind: 'offline', sentence: 'Away.' }), 'Not saved yet', true],
    [stateOf({ kind: 'refused', sentence: 'No.' }), 'Not saved', true],
    [stateOf({ kind: 'stale', theirs: resourceOf(flow, 2) }), 'Not saved', true],
  ] as const)('[save state] in words: %#', (state, word, isWorrying) => {
    expect(saveWords(state)).toMatchObject({ word, isWorrying });
  });

  it('[live state] is a shape and words', () => {
    expect(liveState(undefined)).toEqual({ status: 'idle', word: 'Not deployed' });
    expect(liveState(running)).toEqual({ status: 'good', word: 'Running v3' });
    expect(liveState({ ...running, state: 'failed' })).toEqual({ status: 'danger', word: 'Failed v3' });
  });
});
