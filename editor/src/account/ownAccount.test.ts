import { roleSchema } from '@sluice/shared/protocol/people.ts';
import { describe, expect, it } from 'vitest';
import { RemoteError } from '../state/remoteError.ts';
import { browserWords } from './browserWords.ts';
import { type Invited, invitedSentence, signedInSentence } from './invitation.ts';
import { tokenOf } from './linkToken.ts';
import { endedWords, roleWords } from './noticeWords.ts';
import { passwordProblems } from './passwordProblems.ts';
import { qrPath } from './qrPath.ts';
import { refusedBy } from './refused.ts';
import { exampleCall, expiryWords, NEW_TOKEN, roleChoices, tokenProblems } from './tokenWords.ts';

const DAY_MS = 24 * 3_600_000;

describe('a browser in words', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
      'Chrome on Android',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
      'Safari on macOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1',
      'Chrome on an iPhone',
    ],
    ['curl/8.14.1', 'curl'],
    ['', 'An unknown browser'],
  ])('%s', (agent, words) => {
    expect(browserWords(agent)).toBe(words);
  });
});

describe('a QR code as a path', () => {
  const uri = 'otpauth://totp/Sluice:ada%40example.org?secret=JBSWY3DPEHPK3PXP&issuer=Sluice';

  it('has its three corners, dark, four modules from the border', () => {
    const { size, path } = qrPath(uri);
    // Of a corner: seven dark modules in the first row of its square (ISO/IEC 18004, section 6.3.3).
    for (const [x, y] of [
      [4, 4],
      [size - 11, 4],
      [4, size - 11],
    ]) {
      expect(path).toContain(`M${x} ${y}h7v1h-7z`);
    }
    expect(path).not.toMatch(/M[0-3] |M\d+ [0-3]h/);
  });

  it('draws as many modules as are dark, in bars that do not touch in a row', () => {
    const { path } = qrPath(uri);
    const bars = [...path.matchAll(/M(\d+) (\d+)h(\d+)v1h-(\d+)z/g)].map((bar) => bar.slice(1).map(Number));
    expect(bars.map((bar) => `M${bar[0]} ${bar[1]}h${bar[2]}v1h-${bar[3]}z`).join('')).toBe(path);
    bars.forEach(([x, y, length = 0, back], index) => {
      expect(back).toBe(length);
      const [lastX = 0, lastY, lastLength = 0] = bars[index - 1] ?? [];
      if (lastY === y) expect(x).toBeGreaterThan(lastX + lastLength);
    });
  });
});

describe('a change of the password', () => {
  it('asks for the present one, and for a new one that is long enough and another', () => {
    const next = 'three small wolves';
    expect(passwordProblems({ current: 'correct horse battery', next })).toEqual({});
    expect(passwordProblems({ current: '', next: 'short' })).toEqual({
      current: 'Write the password that you have now.',
      next: 'A password has at least 12 characters.',
    });
    expect(passwordProblems({ current: next, next })).toEqual({
      next: 'This is the password that you have now.',
    });
  });
});

describe('what was refused', () => {
  it('is said beside the field that it is about, or of the whole form', () => {
    const by = (error: Error | null) => {
      const refused = refusedBy(error, { 'wrong-credentials': 'current', 'invalid-input': 'next' });
      return [refused.at('current'), refused.at('next'), refused.whole];
    };
    expect(by(null)).toEqual([undefined, undefined, undefined]);
    expect(by(new RemoteError('wrong-credentials', 'Why.'))).toEqual(['Why.', undefined, undefined]);
    expect(by(new RemoteError('invalid-input', 'Why.'))).toEqual([undefined, 'Why.', undefined]);
    expect(by(new RemoteError('server-away', 'Why.'))).toEqual([undefined, undefined, 'Why.']);
    expect(by(new Error('Why.'))).toEqual([undefined, undefined, 'Why.']);
  });
});

describe('an API token', () => {
  it('is offered the roles up to one’s own', () => {
    const ids = roleSchema.options.map((own) => roleChoices(own).map(({ id }) => id));
    expect(ids[0]).toEqual(['viewer']);
    expect(ids[2]).toEqual(['viewer', 'operator', 'integrator']);
    expect(ids[4]).toEqual(roleSchema.options);
  });

  it('has a name and a whole number of days, within a year', () => {
    expect(tokenProblems({ ...NEW_TOKEN, name: 'Report' })).toEqual({});
    expect(Object.keys(tokenProblems({ ...NEW_TOKEN, name: ' ', days: Number.NaN }))).toEqual([
      'name',
      'days',
    ]);
    for (const days of [0, 1.5, 367]) {
      expect(tokenProblems({ ...NEW_TOKEN, name: 'Report', days })).toEqual({
        days: 'A whole number of days, between 1 and 366.',
      });
    }
  });

  it('says how long it is good for, and how to try it', () => {
    expect(expiryWords({ expiresAt: 90 * DAY_MS }, 1_000)).toBe('expires in 89 days');
    expect(expiryWords({ expiresAt: 1_000 }, 1_000)).toBe('expired');
    expect(exampleCall('https://sluice.example.org', 'sluice_x')).toBe(
      'curl -H "Authorization: Bearer sluice_x" https://sluice.example.org/api/flows',
    );
  });
});

describe('an invitation', () => {
  const invited: Invited = {
    email: 'eve@example.org',
    workspace: 'Main',
    role: 'operator',
    invitedBy: 'ada@example.org',
    hasAccount: false,
  };
  const user = { id: 'u', name: 'U', workspace: 'main', role: 'viewer', isOwner: false } as const;

  it('reads the token of its link', () => {
    expect(tokenOf('#token=a-b_c')).toBe('a-b_c');
    expect(tokenOf('')).toBe('');
    expect(tokenOf('#elsewhere')).toBe('');
  });

  it('says who invites whom as what', () => {
    expect(invitedSentence(invited)).toBe(
      'ada@example.org invites eve@example.org as an operator. Sees everything; starts and stops flows.',
    );
  });

  it('says what becomes of who is signed in already', () => {
    expect(signedInSentence(invited, null)).toBeUndefined();
    expect(signedInSentence(invited, { ...user, email: 'Eve@example.org' })).toMatch(
      /^You are signed in with/,
    );
    expect(signedInSentence(invited, { ...user, email: 'bob@example.org' })).toMatch(
      /signed in here as bob@example\.org.*signs you out of the other account/,
    );
  });
});

describe('an open page', () => {
  it('says which role somebody has now, and what it may do', () => {
    expect(roleWords('operator')).toEqual({
      sentence: 'You are an operator in this workspace now',
      detail: 'An admin changed your role. Sees everything; starts and stops flows.',
    });
  });

  it('says why its connection was ended where nothing else does', () => {
    const ended = { code: 'too-many-tries', sentence: 'This page sent too much.' };
    expect(endedWords(ended)?.sentence).toBe('This page sent too much.');
    expect(endedWords({ ...ended, code: 'not-signed-in' })).toBeUndefined();
    expect(endedWords({ ...ended, code: 'not-found' })).toBeUndefined();
  });
});
