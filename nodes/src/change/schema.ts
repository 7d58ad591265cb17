import * as z from 'zod';
import type { ConfigProblem } from '@sluice/shared/node/defineNode.ts';
import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { jsonValue, list, path } from '@sluice/shared/node/field.ts';

const config = z.object({
  set: list({
    title: 'Set',
    description: 'Fields that get a value. Later ones see what earlier ones have set.',
    itemTitle: 'field',
    item: z.strictObject({
      path: path({
        title: 'Field',
        description: 'The field that is set. What is missing on the way to it is made.',
        placeholder: 'payload.site',
      }),
      to: jsonValue({
        title: 'To',
        description:
          'The new value: fixed, from another field, a template such as alerts/{{device}}, or an expression.',
      }),
    }),
  }).default([]),
  delete: list({
    title: 'Delete',
    description: 'Fields that are taken away. One that is not there is no error.',
    itemTitle: 'field',
    item: path({ title: 'Field', description: 'The field that is taken away.', placeholder: 'payload.raw' }),
  }).default([]),
  move: list({
    title: 'Move',
    description:
      'Fields that get another place or name. A field that is not there leaves its target as it is.',
    itemTitle: 'field',
    item: z.strictObject({
      from: path({ title: 'From', description: 'The field as it is now.', placeholder: 'payload.temp' }),
      to: path({ title: 'To', description: 'Where it goes.', placeholder: 'payload.temperature' }),
    }),
  }).default([]),
});
export type ChangeConfig = z.output<typeof config>;

function problems({ set, move, delete: deleted }: ChangeConfig): readonly ConfigProblem[] {
  const found: ConfigProblem[] = [];
  if (set.length + move.length + deleted.length === 0)
    found.push({
      field: 'set',
      sentence: 'Nothing is changed yet. Add a field to set, delete or move.',
      severity: 'warning',
    });
  for (const [index, { path: target }] of set.entries())
    found.push(...fixedField(`set[${index}].path`, target));
  for (const [index, target] of deleted.entries()) found.push(...fixedField(`delete[${index}]`, target));
  for (const [index, { from, to }] of move.entries())
    found.push(...fixedField(`move[${index}].from`, from), ...fixedField(`move[${index}].to`, to));
  return found;
}

function fixedField(field: string, target: string): readonly ConfigProblem[] {
  if (target !== 'id') return [];
  return [{ field, sentence: 'The id of a message never changes: it is what acknowledgement goes by.' }];
}

/** Sets, deletes and moves fields of each message. */
export const changeNode = defineNode({
  type: 'change',
  version: 1,
  kind: 'step',
  category: 'transform',
  title: 'Change',
  summary: 'Sets, deletes and moves fields of a message',
  icon: 'pencil',
  keywords: ['set', 'rename', 'delete', 'move', 'field', 'topic', 'map'],
  inputs: [{ name: 'in', title: 'In', description: 'Messages to change.' }],
  outputs: [{ name: 'out', title: 'Out', description: 'The changed messages.' }],
  config,
  problems,
});
