import { defineNode } from '@sluice/shared/node/defineNode.ts';
import * as fields from '@sluice/shared/node/field.ts';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { emptyItem, formFields } from './formFields.ts';

const definition = defineNode({
  type: 'limit',
  version: 1,
  kind: 'step',
  category: 'logic',
  title: 'Limit',
  summary: 'Compares.',
  icon: 'gauge',
  inputs: [],
  outputs: [],
  config: z.object({
    mode: fields
      .choice({
        title: 'Mode',
        description: 'How.',
        values: ['each', 'change'],
        labels: { each: 'Each', change: 'Change' },
      })
      .default('each'),
    limit: fields.number({ title: 'Limit', description: 'Where.', unit: '°C' }),
    hold: fields.duration({ title: 'Hold', description: 'How long.' }).default('0s'),
    rules: fields
      .list({
        title: 'Rules',
        description: 'In order.',
        itemTitle: 'rule',
        item: z.object({ at: fields.number({ title: 'At', description: 'At.' }).default(3) }),
      })
      .optional(),
    gone: fields
      .list({
        title: 'Gone',
        description: 'Paths.',
        itemTitle: 'path',
        item: fields.path({ title: 'Path', description: 'Which.' }),
      })
      .default([]),
  }),
});
const entry = {
  definition,
  form: {
    order: ['limit', 'mode'],
    advanced: ['rules', 'gone'],
    showWhen: { hold: (config: { mode: string }) => config.mode === 'change' },
    sentence: () => '',
  },
};

describe('formFields', () => {
  it('orders the fields, folds those away that few need, and shows what the settings ask for', () => {
    const names = (config: Record<string, unknown>) => formFields(entry, config).main.map(({ name }) => name);
    expect(names({})).toEqual(['limit', 'mode']);
    expect(names({ mode: 'change' })).toEqual(['limit', 'mode', 'hold']);
    expect(formFields(entry, {}).advanced.map(({ name }) => name)).toEqual(['rules', 'gone']);
  });

  it('knows what a field is by itself, and the fields of a list', () => {
    const { main, advanced } = formFields(entry, {});
    expect(main[1]).toMatchObject({ fallback: 'each', isOptional: false });
    expect(main[0]).toMatchObject({ fallback: undefined, isOptional: false, meta: { unit: '°C' } });
    expect(advanced[0]).toMatchObject({ isOptional: true });
    expect(advanced.map(emptyItem)).toEqual([{ at: 3 }, '']);
  });
});
