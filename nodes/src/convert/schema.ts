import * as z from 'zod';
import type { ConfigProblem } from '@sluice/shared/node/defineNode.ts';
import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { number, path, unit } from '@sluice/shared/node/field.ts';
import { similarUnits, symbolsOf, unitOf } from './units.ts';

const config = z.object({
  value: path({
    title: 'Value',
    description: 'The number in the message. The converted number takes its place.',
    placeholder: 'payload.temperature',
  }).default('payload.value'),
  from: unit({
    title: 'From',
    description: 'The unit in which the number comes.',
    placeholder: '°F',
  }).default('°F'),
  to: unit({ title: 'To', description: 'The unit in which it goes on.', placeholder: '°C' }).default('°C'),
  decimals: number({
    title: 'Decimals',
    description: 'Rounds to so many places after the point. Empty: not rounded.',
    min: 0,
    max: 12,
    whole: true,
  }).optional(),
});
export type ConvertConfig = z.output<typeof config>;

function problems({ from, to }: ConvertConfig): readonly ConfigProblem[] {
  const source = unitOf(from);
  const target = unitOf(to);
  if (source === undefined || target === undefined) return [...unknown('from', from), ...unknown('to', to)];
  if (source.dimension === target.dimension) return [];
  const choices = symbolsOf(source.dimension).join(', ');
  return [
    {
      field: 'to',
      sentence: `${from} is a ${source.dimension} and ${to} is a ${target.dimension}: they cannot be converted. Choose one of ${choices}.`,
    },
  ];
}

function unknown(field: string, text: string): readonly ConfigProblem[] {
  if (unitOf(text) !== undefined) return [];
  const similar = similarUnits(text);
  const hint =
    similar.length > 0 ? `Did you mean ${similar.join(' or ')}?` : 'Write one such as °C, bar, kWh or L/min.';
  return [{ field, sentence: `The unit “${text}” is not known. ${hint}` }];
}

/** Turns a number from one unit of measure into another. */
export const convertNode = defineNode({
  type: 'convert',
  version: 1,
  kind: 'step',
  category: 'transform',
  title: 'Convert',
  summary: 'Converts a value from one unit to another',
  icon: 'ruler',
  keywords: ['unit', 'celsius', 'fahrenheit', 'bar', 'psi', 'scale'],
  inputs: [{ name: 'in', title: 'In', description: 'Messages with the number to convert.' }],
  outputs: [{ name: 'out', title: 'Out', description: 'The same messages with the converted number.' }],
  config,
  problems,
});
