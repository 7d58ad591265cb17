import { describe, expect, it } from 'vitest';
import { pathAfterSignIn } from './nextPath.ts';
import { passwordAdvice } from './passwordAdvice.ts';
import { may } from './permission.ts';

describe('passwordAdvice', () => {
  const own = ['Ada Byron', 'ada.byron@example.org'];

  it('asks for twelve characters and counts down to them', () => {
    expect(passwordAdvice('', own)).toMatchObject({ steps: 0, word: '' });
    expect(passwordAdvice('elevenchars', own).sentence).toBe('1 more character to go.');
    expect(passwordAdvice('sevench', own).sentence).toBe('5 more characters to go.');
  });

  it('grows with length', () => {
    const words = ['twelve chars', 'three small wolves', 'three small wolves sing'];
    expect(words.map((password) => passwordAdvice(password, own).steps)).toEqual([2, 3, 4]);
  });

  it('holds what is easy to guess for weak, however long', () => {
    expect(passwordAdvice('xx BYRON 1815 xx yy zz', own)).toMatchObject({ steps: 1, word: 'easy to guess' });
    expect(passwordAdvice('abababababababababab', own)).toMatchObject({ steps: 1, word: 'easy to guess' });
  });
});

describe('pathAfterSignIn', () => {
  it.each([
    [null, '/'],
    ['/devices?show=silent', '/devices?show=silent'],
    ['https://elsewhere.example/', '/'],
    ['//elsewhere.example/x', '/'],
    ['/\\elsewhere.example', '/'],
    ['/.//elsewhere.example', '/'],
    ['javascript:alert(1)', '/'],
  ])('%s leads to %s', (next, path) => {
    expect(pathAfterSignIn(next)).toBe(path);
  });
});

describe('may', () => {
  it('reads the permission of the route', () => {
    expect(may({ role: 'viewer', isOwner: false }, 'flows')).toBe(true);
    expect(may({ role: 'viewer', isOwner: false }, 'stopFlow')).toBe(false);
    expect(may({ role: 'operator', isOwner: false }, 'stopFlow')).toBe(true);
    expect(may({ role: 'operator', isOwner: false }, 'deploy')).toBe(false);
    expect(may({ role: 'admin', isOwner: false }, 'deleteFlow')).toBe(true);
  });
});
