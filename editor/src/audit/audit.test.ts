import type { AuditEntry } from '@sluice/shared/protocol/audit.ts';
import { describe, expect, it } from 'vitest';
import { EVERYTHING, exportPath, queryOf, questionProblem } from './auditFilter.ts';
import { ACTION_WORDS, actionOf, detailLine, detailsOf, subjectOf, whoOf } from './auditWords.ts';
import { chainSentence, shownWords } from './chainWords.ts';

/** The sources of the server, by path. */
const SOURCES = import.meta.glob<string>('../../../runtime/src/{server,storage,commands}/**/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** Every call that puts an entry into the audit log: by a note, or by hand. */
const CALLS = /\b(?:note|noteOfDone|noteIn\([^()]*\)|append)\(/g;
const ACTION = /'(denied|[a-z]+(?:-[a-z]+)*\.[a-zA-Z-]+)'/;

/** The text of the arguments, from the parenthesis on that opens before `start` to the one that closes. */
function argumentsFrom(source: string, start: number): string {
  let depth = 1;
  let end = start;
  for (; depth > 0 && end < source.length; end++) {
    if (source[end] === '(') depth++;
    if (source[end] === ')') depth--;
  }
  return source.slice(start, end - 1);
}

function recordedActions(): string[] {
  const found = Object.entries(SOURCES)
    .filter(([path]) => !path.endsWith('.test.ts'))
    .flatMap(([, source]) =>
      [...source.matchAll(CALLS)].flatMap(({ 0: call, index }) => {
        const [, action] = ACTION.exec(argumentsFrom(source, index + call.length)) ?? [];
        return action === undefined ? [] : [action];
      }),
    );
  return [...new Set(found)].toSorted();
}

function entry(more: Partial<AuditEntry>): AuditEntry {
  return {
    id: 7,
    at: 0,
    who: 'ada@example.org',
    address: '127.0.0.1',
    what: 'flow.deploy',
    subject: 'freezer',
    details: {},
    hash: '',
    ...more,
  };
}

describe('words for what was done', () => {
  it('are there for every action that the server records, and for no other', () => {
    const recorded = recordedActions();
    // Some that are written in each of the ways there are.
    expect(recorded).toEqual(
      expect.arrayContaining([
        'denied',
        'session.open',
        'user.signOut',
        'workspace.save',
        'invitation.accept',
      ]),
    );
    expect(Object.keys(ACTION_WORDS).toSorted()).toEqual(recorded);
  });

  it('are the name itself where the server is newer than the page', () => {
    expect(actionOf(entry({ what: 'gateway.enrol' }))).toBe('gateway.enrol');
    expect(actionOf(entry({}))).toBe('Deployed a flow');
  });
});

describe('an entry', () => {
  it('names who did it, also the server and nobody', () => {
    expect(['', 'sluice', 'token ci of ada@example.org'].map((who) => whoOf({ who }))).toEqual([
      'Nobody known',
      'Sluice itself',
      'token ci of ada@example.org',
    ]);
  });

  it('names what it was done to as people do, and not themselves twice', () => {
    expect(subjectOf(entry({ what: 'connection.save', subject: 'x1', details: { name: 'Plant' } }))).toBe(
      'Plant',
    );
    expect(subjectOf(entry({ what: 'session.open', subject: 'ada@example.org' }))).toBe('');
    expect(subjectOf(entry({ what: 'denied', subject: 'saveUser' }))).toBe('asked for saveUser');
    expect(subjectOf(entry({}))).toBe('freezer');
  });

  it('has before and after in one line, and the other details by words', () => {
    const role = entry({ what: 'user.role', details: { before: 'viewer', after: 'admin' } });
    expect(detailsOf(role)).toEqual([{ name: 'Before → after', value: 'viewer → admin' }]);
    const name = entry({ what: 'workspace.save', details: { name: 'North', before: 'Plant 1' } });
    expect(detailLine(name)).toBe('Plant 1 → North');
    const connection = { name: 'C', before: 'B', url: 'mqtt://a → mqtt://b' };
    expect(detailLine(entry({ what: 'connection.save', details: connection }))).toBe(
      'B → C, Url mqtt://a → mqtt://b',
    );
    const removed = entry({ what: 'user.remove', details: { before: 'viewer' } });
    expect(detailLine(removed)).toBe('Before viewer');
    const limits = entry({ what: 'limits.save', details: { deadLettersPerFlow: 10_000, isOn: true } });
    expect(detailLine(limits)).toBe('Dead letters per flow 10,000, Is on yes');
  });
});

describe('which entries are asked for', () => {
  it('are all when nothing is written', () => {
    expect(queryOf(EVERYTHING)).toEqual({});
    expect(exportPath(EVERYTHING, 'ndjson')).toBe('/api/audit/export?format=ndjson');
  });

  it('take in both days from their first to their last moment', () => {
    const query = queryOf({ ...EVERYTHING, from: '2026-11-22', until: '2026-11-23' });
    expect(query.from).toBe(new Date(2026, 10, 22).getTime());
    expect(query.until).toBe(new Date(2026, 10, 24).getTime() - 1);
  });

  it('are told to be none when the last day is before the first', () => {
    const question = { ...EVERYTHING, from: '2026-11-23', until: '2026-11-22' };
    expect(questionProblem(question)).toMatch(/before the first/);
    expect(questionProblem({ ...question, until: '2026-11-23' })).toBeUndefined();
    expect(questionProblem({ ...question, until: '' })).toBeUndefined();
  });

  it('go into the address of the export, escaped', () => {
    const question = { ...EVERYTHING, who: ' a+b@example.org ', what: 'flow.deploy' };
    expect(exportPath(question, 'csv')).toBe(
      '/api/audit/export?who=a%2Bb%40example.org&what=flow.deploy&format=csv',
    );
  });
});

describe('the check of the chain', () => {
  it('says clearly that it is whole, or where it is not and what to do', () => {
    expect(chainSentence({ isWhole: true, entries: 1_200 })).toMatch(
      /^The chain is whole: all 1,200 entries/,
    );
    expect(chainSentence({ isWhole: true, entries: 1 })).toMatch(/its only entry was/);
    expect(chainSentence({ isWhole: false, entries: 4, brokenAt: 5_012 })).toMatch(
      /broken at entry 5012.*compare it with a backup\.$/,
    );
  });
});

it('says how much of the log is shown, and whether there is more', () => {
  expect(shownWords(0, false)).toBe('');
  expect(shownWords(1, false)).toBe('1 entry, that is all.');
  expect(shownWords(1_200, true)).toBe('The newest 1,200 entries; older ones come as you scroll.');
});
