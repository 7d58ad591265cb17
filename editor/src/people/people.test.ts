import { type Invitation, type Person, type Role, roleSchema } from '@sluice/shared/protocol/people.ts';
import { describe, expect, it } from 'vitest';
import { countPeople, listPeople, openFor, whyStays } from './peopleList.ts';
import { ROLE_CHOICES, ROLE_WORDS } from './roleWords.ts';

function person(name: string, role: Role = 'viewer'): Person {
  const id = name.toLowerCase();
  return { id, name, email: `${id}@example.org`, role, joinedAt: 0, hasSecondFactor: false };
}

describe('the words of roles', () => {
  it('are there for each, from the least to the most, as sentences', () => {
    expect(ROLE_CHOICES.map(({ id }) => id)).toEqual(roleSchema.options);
    for (const { title, one, may } of Object.values(ROLE_WORDS)) {
      expect(one).toMatch(new RegExp(`^an? ${title.toLowerCase()}$`));
      expect(may).toMatch(/\.$/);
    }
  });
});

describe('listPeople', () => {
  const people = [person('Grace'), person('Ada'), person('Alan')];
  const found = (search: string) => listPeople(people, search).map(({ name }) => name);

  it('goes by name, and finds by every word in name or e-mail', () => {
    expect(found('')).toEqual(['Ada', 'Alan', 'Grace']);
    expect(found(' ALAN  example ')).toEqual(['Alan']);
    expect(found('a grace')).toEqual(['Grace']);
    expect(found('nobody')).toEqual([]);
  });
});

describe('whyStays', () => {
  it('says why the last admin cannot be changed, and nothing about anybody else', () => {
    const ada = person('Ada', 'admin');
    const eve = person('Eve');
    expect(whyStays(ada, [ada, eve])).toBe(
      'Ada is the last admin here, and a workspace needs one. Make somebody else an admin first.',
    );
    expect(whyStays(eve, [ada, eve])).toBeUndefined();
    expect(whyStays(ada, [ada, person('Grace', 'admin')])).toBeUndefined();
  });
});

describe('openFor', () => {
  it('finds the invitation that would be replaced, however the address is written', () => {
    const open: Invitation = {
      id: '1',
      email: 'Eve@example.org',
      role: 'viewer',
      invitedBy: 'ada@example.org',
      createdAt: 0,
      expiresAt: 1,
    };
    expect(openFor([open], ' eve@EXAMPLE.org ')).toBe(open);
    expect(openFor([open], 'eve@example.com')).toBeUndefined();
  });
});

describe('countPeople', () => {
  it.each([
    [1, '1 person'],
    [0, '0 people'],
    [1_200, '1,200 people'],
  ])('%d is %s', (count, words) => {
    expect(countPeople(count)).toBe(words);
  });
});
