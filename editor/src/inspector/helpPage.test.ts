import { describe, expect, it } from 'vitest';
import { inlineParts, markdownBlocks } from './helpPage.ts';

const page = `# Threshold

Compares a value
with a limit.

## Settings
| setting | meaning |
| --- | --- |
| \`limit\` | the limit |

- one
  goes on
- two

\`\`\`json
{ "a": 1 }
\`\`\`
`;

describe('markdownBlocks', () => {
  it('reads what help pages are made of', () => {
    expect(markdownBlocks(page)).toEqual([
      { kind: 'heading', level: 1, text: 'Threshold' },
      { kind: 'paragraph', text: 'Compares a value with a limit.' },
      { kind: 'heading', level: 2, text: 'Settings' },
      { kind: 'table', rows: [['`limit`', 'the limit']] },
      { kind: 'list', items: ['one goes on', 'two'] },
      { kind: 'code', text: '{ "a": 1 }' },
    ]);
  });

  it('ends with code that nobody closed', () => {
    expect(markdownBlocks('```\na')).toEqual([{ kind: 'code', text: 'a' }]);
  });
});

describe('inlineParts', () => {
  it('keeps HTML as text', () => {
    expect(inlineParts('a `b` **c** <img>')).toEqual([
      { kind: 'text', text: 'a ' },
      { kind: 'code', text: 'b' },
      { kind: 'text', text: ' ' },
      { kind: 'strong', text: 'c' },
      { kind: 'text', text: ' <img>' },
    ]);
  });
});
