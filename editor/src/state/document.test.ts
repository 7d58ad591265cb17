import type { FlowCommand } from '@sluice/shared/flow/edit.ts';
import { describe, expect, it } from 'vitest';
import { AUTOSAVE_MS, createDocument, hasUnsaved } from './document.ts';
import { fakeServer, fakeTime, resourceOf, settled, smallFlow } from './testing.ts';

function open() {
  const time = fakeTime();
  const server = fakeServer(resourceOf(smallFlow()));
  const document = createDocument(server.stored, { server, time });
  return { time, server, document };
}

const named = (name: string): FlowCommand => ({ kind: 'setFlow', set: { name } });

describe('document', () => {
  it('[a draft saves by itself] after a rest, once for many changes, from the revision it was made from', async () => {
    const { document, server, time } = open();
    document.apply(named('A'));
    expect(document.getState().save).toEqual({ kind: 'waiting' });
    await time.pass(AUTOSAVE_MS - 1);
    document.apply(named('B'));
    await time.pass(AUTOSAVE_MS - 1);
    expect(server.taken).toEqual([]);
    await time.pass(1);
    expect(server.taken.map((flow) => flow.name)).toEqual(['B']);
    expect(document.getState()).toMatchObject({
      save: { kind: 'saved' },
      about: { revision: 2, changed: true },
    });
    expect(hasUnsaved(document.getState())).toBe(false);
  });

  it('[a draft saves by itself] what changes while a save is under way is saved after it', async () => {
    const { document, server, time } = open();
    let open_ = () => {};
    server.gate = new Promise((resolve) => {
      open_ = resolve;
    });
    document.apply(named('A'));
    await time.pass(AUTOSAVE_MS);
    document.apply(named('B'));
    expect(document.getState().save).toEqual({ kind: 'saving' });
    open_();
    await settled();
    expect(document.getState().save).toEqual({ kind: 'waiting' });
    await time.pass(AUTOSAVE_MS);
    expect(server.taken.map((flow) => flow.name)).toEqual(['A', 'B']);
    expect(document.getState().about.revision).toBe(3);
  });

  it('[a stale tab never overwrites] it keeps both drafts and saves nothing until somebody chose', async () => {
    const { document, server, time } = open();
    server.stored = resourceOf({ ...smallFlow(), name: 'Theirs' }, 7, 'Bob');
    document.apply(named('Mine'));
    await time.pass(AUTOSAVE_MS);
    expect(document.getState()).toMatchObject({
      flow: { name: 'Mine' },
      save: { kind: 'stale', theirs: { revision: 7 } },
    });
    document.apply(named('Mine, later'));
    await time.pass(60_000);
    expect(await document.saveNow()).toMatchObject({ kind: 'stale' });
    expect(server).toMatchObject({ asked: 1, taken: [] });
    expect(server.stored.flow.name).toBe('Theirs');

    document.load(server.stored);
    expect(document.getState()).toMatchObject({
      flow: { name: 'Theirs' },
      save: { kind: 'saved' },
      about: { revision: 7 },
    });
    document.apply(named('Ours'));
    await time.pass(AUTOSAVE_MS);
    expect(server.taken.map((flow) => flow.name)).toEqual(['Ours']);
  });

  it('[nothing is lost offline] it tries again by itself, longer apart, with what is newest', async () => {
    const { document, server, time } = open();
    server.isAway = true;
    document.apply(named('A'));
    await time.pass(AUTOSAVE_MS);
    expect(document.getState().save).toMatchObject({ kind: 'offline' });
    await time.pass(10_000);
    document.apply(named('B'));
    server.isAway = false;
    await time.pass(15_000);
    expect(server.taken.map((flow) => flow.name)).toEqual(['B']);
    expect(document.getState().save).toEqual({ kind: 'saved' });
  });

  it('[nothing is lost offline] saveNow saves at once when the server is back', async () => {
    const { document, server, time } = open();
    server.isAway = true;
    document.apply(named('A'));
    await time.pass(AUTOSAVE_MS);
    server.isAway = false;
    expect(await document.saveNow()).toEqual({ kind: 'saved' });
  });

  it('[load] an answer to a save that was under way does not touch the draft that took its place', async () => {
    const { document, server, time } = open();
    let open_ = () => {};
    server.gate = new Promise((resolve) => {
      open_ = resolve;
    });
    document.apply(named('A'));
    await time.pass(AUTOSAVE_MS);
    const other = resourceOf({ ...smallFlow(), name: 'Other' }, 9);
    document.load(other);
    open_();
    await settled();
    expect(document.getState()).toMatchObject({ flow: { name: 'Other' }, about: { revision: 9 } });
  });

  it('[close] leaves no timer that would save later', async () => {
    const { document, server, time } = open();
    document.apply(named('A'));
    document.close();
    document.close();
    await time.pass(60_000);
    expect(server.taken).toEqual([]);
  });
});
