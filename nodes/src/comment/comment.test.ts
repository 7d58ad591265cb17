import { expect, it } from 'vitest';
import { commentForm } from './form.ts';
import { commentNode } from './schema.ts';

it('shows its first line on the canvas', () => {
  const sentence = (config: object) => commentForm.sentence(commentNode.config.parse(config));
  expect(sentence({ text: '\n  Why so?\nBecause.' })).toBe('Why so?');
  expect(sentence({})).toBe('empty note');
  expect(sentence({ text: 'x'.repeat(500) })).toHaveLength(70);
});
