import type { User } from '@sluice/shared/protocol/people.ts';
import { describe, expect, it } from 'vitest';
import { elsewhereWords } from './elsewhereWords.ts';
import { contentsOf, rotatedWords, whatGoes } from './workspaceWords.ts';

const BAKERY = { id: 'bakery', name: 'Bakery', createdAt: 0, people: 3, flows: 12, running: 2 };

describe('the words of a workspace', () => {
  it('count what is in it', () => {
    expect(contentsOf(BAKERY)).toBe('3 people · 12 flows, 2 running');
    expect(contentsOf({ ...BAKERY, people: 1, flows: 1, running: 0 })).toBe(
      '1 person · 1 flow, none running',
    );
    expect(contentsOf({ ...BAKERY, flows: 0, running: 0 })).toBe('3 people · 0 flows');
  });

  it('say what is lost with it', () => {
    expect(whatGoes(BAKERY)).toContain('12 flows, of which 2 run and are stopped, with all versions');
    expect(whatGoes({ ...BAKERY, running: 1 })).toContain('of which 1 runs and is stopped');
    expect(whatGoes({ ...BAKERY, running: 0 })).toContain('12 flows, with all versions');
    expect(whatGoes({ ...BAKERY, people: 1 })).toContain('the one person in it loses it');
  });

  it('say how many secrets were sealed anew', () => {
    expect(rotatedWords({ workspaces: 1, secrets: 0 })).toBe(
      '1 workspace has a new key. There was no secret to seal anew.',
    );
    expect(rotatedWords({ workspaces: 2, secrets: 5 })).toBe(
      '2 workspaces have new keys. 5 secrets were sealed anew.',
    );
  });
});

describe('a page whose session is elsewhere', () => {
  const ada: User = {
    id: 'ada',
    email: 'ada@example.org',
    name: 'Ada',
    workspace: 'main',
    role: 'admin',
    isOwner: true,
  };
  const workspaces = [
    { workspace: 'main', name: 'Main', role: 'admin' },
    { workspace: 'bakery', name: 'Bakery', role: 'viewer' },
  ] as const;

  it('names both ways where another workspace was chosen', () => {
    expect(elsewhereWords(ada, { ...ada, workspace: 'bakery' }, workspaces)).toMatchObject({
      title: 'You went on in “Bakery”',
      goOn: 'Go on in “Bakery”',
      goBack: 'Back to “Main”',
    });
  });

  it('has no way back to a workspace that is gone, or to the page of somebody else', () => {
    const gone = elsewhereWords(ada, { ...ada, workspace: 'bakery' }, workspaces.slice(1));
    expect(gone).toMatchObject({ goOn: 'Go on in “Bakery”' });
    const eve = elsewhereWords(ada, { ...ada, id: 'eve', name: 'Eve' }, workspaces);
    expect(eve).toMatchObject({ title: 'Eve is signed in now', goOn: 'Go on as Eve' });
    expect([gone, eve].map(({ goBack }) => goBack)).toEqual([undefined, undefined]);
  });
});
