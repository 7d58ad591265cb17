import { defineExamples } from '@sluice/shared/node/form.ts';
import { windowNode } from './schema.ts';

/** The start of an example: 2026-01-01T00:00:00Z. */
const START = 1_767_225_600_000;
const power = (at: number, kW: number) => ({ at, device: 'meter', payload: { kW } });

export const windowExamples = defineExamples(windowNode, [
  {
    name: 'Mean power of each minute',
    config: { value: 'payload.kW', calculate: 'mean', size: '1m' },
    in: [power(0, 2), power(30_000, 4), power(60_000, 9)],
    until: 119_000,
    out: [
      {
        device: 'meter',
        payload: {
          value: 3,
          count: 2,
          sum: 6,
          mean: 3,
          min: 2,
          max: 4,
          first: 2,
          last: 4,
          from: START,
          to: START + 60_000,
        },
      },
    ],
  },
  {
    name: 'The greatest of the last three readings',
    config: { value: 'payload.kW', calculate: 'max', kind: 'sliding', by: 'count', count: 3 },
    in: [power(0, 5), power(1000, 1), power(2000, 2), power(3000, 3)],
    out: [
      {
        payload: {
          value: 5,
          count: 3,
          sum: 8,
          mean: 8 / 3,
          min: 1,
          max: 5,
          first: 5,
          last: 2,
          from: START,
          to: START + 2000,
        },
      },
      {
        payload: {
          value: 3,
          count: 3,
          sum: 6,
          mean: 2,
          min: 1,
          max: 3,
          first: 1,
          last: 3,
          from: START + 1000,
          to: START + 3000,
        },
      },
    ],
  },
  {
    name: 'How many parts went by until the belt stood still',
    config: { value: 'payload.parts', calculate: 'sum', kind: 'session', gap: '30s' },
    in: [
      { at: 0, device: 'belt', payload: { parts: 2 } },
      { at: 20_000, device: 'belt', payload: { parts: 3 } },
    ],
    until: 50_000,
    out: [
      {
        device: 'belt',
        payload: {
          value: 5,
          count: 2,
          sum: 5,
          mean: 2.5,
          min: 2,
          max: 3,
          first: 2,
          last: 3,
          from: START,
          to: START + 20_000,
        },
      },
    ],
  },
  {
    name: 'A message that comes too late',
    config: { value: 'payload.kW', size: '1m', lateness: '10s' },
    in: [power(0, 2), { ...power(75_000, 4), time: 75_000 }, { ...power(75_000, 6), time: 30_000 }],
    out: [
      {
        port: 'out',
        payload: {
          value: 2,
          count: 1,
          sum: 2,
          mean: 2,
          min: 2,
          max: 2,
          first: 2,
          last: 2,
          from: START,
          to: START + 60_000,
        },
      },
      { port: 'late', payload: { kW: 6 } },
    ],
  },
]);
