import * as z from 'zod';
import type { ConfigProblem } from '@sluice/shared/node/defineNode.ts';
import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { choice, code, path } from '@sluice/shared/node/field.ts';

const config = z.object({
  template: code({
    title: 'Template',
    description:
      'A Mustache template. {{payload.temperature}} is replaced by that field; {{#payload.list}}…{{/payload.list}} repeats.',
    language: 'mustache',
  }).default('{{payload}}'),
  path: path({
    title: 'Into',
    description: 'The field that gets the result.',
    placeholder: 'payload',
  }).default('payload'),
  as: choice({
    title: 'As',
    description: 'Whether the result is text, or JSON that is read.',
    values: ['text', 'json'],
    labels: { text: 'text', json: 'JSON, read into fields' },
  }).default('text'),
});
export type TemplateConfig = z.output<typeof config>;

function problems(settings: TemplateConfig): readonly ConfigProblem[] {
  const found: ConfigProblem[] = [];
  if (settings.template === '')
    found.push({
      field: 'template',
      sentence: 'The template is empty, and so is its result.',
      severity: 'warning',
    });
  if (settings.path === 'id')
    found.push({ field: 'path', sentence: 'The id of a message never changes. Choose another field.' });
  return found;
}

/** Makes a text out of each message by a Mustache template, in the sandbox. */
export const templateNode = defineNode({
  type: 'template',
  version: 1,
  kind: 'waiting',
  category: 'transform',
  title: 'Template',
  summary: 'Makes a text out of each message by a Mustache template',
  icon: 'text-cursor-input',
  keywords: ['mustache', 'text', 'format', 'html', 'mail', 'string'],
  inputs: [{ name: 'in', title: 'In', description: 'Messages for the template.' }],
  outputs: [{ name: 'out', title: 'Out', description: 'The same messages with the result in its field.' }],
  config,
  waits: { concurrency: 2, batch: 256, timeoutMs: 30_000, queue: 2048 },
  problems,
});
