import { describe, expect, it } from 'vitest';
import { cronProblem } from './cron.ts';
import { durationSchema } from './duration.ts';
import { createMessage } from './message.ts';
import { parsePath } from './path.ts';
import { compileTemplate } from './template.ts';
import { compileFilter, filterProblem } from './topic.ts';

// What people write into settings is read in the server, for everybody: a text of any length, made to be as slow as can
// be, takes time by its length. By the square of it, each of these takes minutes.

const LENGTH = 500_000;
/** Such texts take milliseconds; the room is for a machine that is busy. */
const MOST_MS = 3_000;

function refuses(name: string, read: () => boolean) {
  it(name, () => {
    const before = performance.now();
    expect(read()).toBe(false);
    expect(performance.now() - before).toBeLessThan(MOST_MS);
  });
}

describe('a text that is made to be slow is refused at once', () => {
  const templates = {
    'a place that never ends': `{{${' '.repeat(LENGTH)}`,
    'a place that never ends, after text': `{{${'a '.repeat(LENGTH / 2)}`,
    'places in places': '{{'.repeat(LENGTH / 2),
    'spaces in a place': `{{${' '.repeat(LENGTH)}x}}`,
  };
  for (const [name, text] of Object.entries(templates)) {
    refuses(`template: ${name}`, () => compileTemplate(text).ok);
  }
  refuses('length of time: digits', () => durationSchema.safeParse('1'.repeat(LENGTH)).success);
  refuses('length of time: parts', () => durationSchema.safeParse(`${'1m'.repeat(LENGTH / 2)}!`).success);
  refuses('path: a name that never ends', () => parsePath(`payload["${'a'.repeat(LENGTH)}`).ok);
  refuses('path: backslashes', () => parsePath(`payload["${'\\'.repeat(LENGTH)}`).ok);
  refuses('cron: spaces', () => cronProblem(`*${' '.repeat(LENGTH)}`) === undefined);
  refuses('cron: a list', () => cronProblem(`${'1,'.repeat(LENGTH / 2)} * * * *`) === undefined);
  refuses('topic filter: wildcards', () => filterProblem('+/'.repeat(30_000)) === undefined);
});

describe('texts that are right stay so', () => {
  it('a template has its values in their places, with or without spaces', () => {
    const compiled = compileTemplate('{{ device }}/{{topic}}: {{\npayload.a }} }} {');
    const message = createMessage({ id: 'm', time: 1, topic: 't', device: 'd', payload: { a: 1 } });
    expect(compiled.ok && compiled.render(message)).toBe('d/t: 1 }} {');
    expect(compileTemplate('{{}}').ok).toBe(false);
  });

  it('a length of time that is wrong has one sentence', () => {
    const { error } = durationSchema.safeParse('ten minutes');
    expect(error?.issues.map(({ message }) => message)).toEqual([
      'Write a length of time such as 30s, 10m or 1h30m.',
    ]);
    expect(durationSchema.safeParse('367d').error?.issues[0]?.message).toContain('366 days');
  });

  it('a filter with the most levels matches, and what does not match is told at once', () => {
    const filter = `${'+/'.repeat(999)}x`;
    expect(filterProblem(filter)).toBeUndefined();
    const matches = compileFilter(filter);
    expect(matches(`${'a/'.repeat(999)}x`)).toBe(true);
    const before = performance.now();
    expect(matches('a/'.repeat(30_000))).toBe(false);
    expect(matches(`${'a'.repeat(60_000)}y`)).toBe(false);
    expect(performance.now() - before).toBeLessThan(MOST_MS);
  });
});
