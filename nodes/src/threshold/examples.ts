import { defineExamples } from '@sluice/shared/node/form.ts';
import { thresholdNode } from './schema.ts';

const minutes = (count: number) => count * 60_000;

export const thresholdExamples = defineExamples(thresholdNode, [
  {
    name: 'Sort every message by its temperature',
    config: { value: 'payload.temperature', operator: '>', limit: 30, unit: '°C', mode: 'each' },
    in: [
      { device: 'room-1', payload: { temperature: 31 } },
      { device: 'room-2', payload: { temperature: 30 } },
      { device: 'room-3', payload: { temperature: 'warm' } },
    ],
    out: [
      { port: 'true', device: 'room-1' },
      { port: 'false', device: 'room-2' },
      {
        port: 'error',
        device: 'room-3',
        headers: {
          error:
            'payload.temperature is the text “warm”. A number is needed; turn the text into one before this node.',
        },
      },
    ],
  },
  {
    name: 'A freezer that is too warm for 10 minutes',
    config: {
      value: 'payload.temperature',
      operator: '>',
      limit: -15,
      unit: '°C',
      mode: 'change',
      raiseAfter: '10m',
      hysteresis: 2,
    },
    in: [
      { at: 0, device: 'freezer-1', payload: { temperature: -12 } },
      { at: minutes(5), device: 'freezer-1', payload: { temperature: -11 } },
      { at: minutes(12), device: 'freezer-1', payload: { temperature: -16 } },
      { at: minutes(13), device: 'freezer-1', payload: { temperature: -18 } },
    ],
    out: [
      {
        port: 'raised',
        device: 'freezer-1',
        payload: { temperature: -11 },
        headers: { threshold: 'raised' },
      },
      {
        port: 'cleared',
        device: 'freezer-1',
        payload: { temperature: -18 },
        headers: { threshold: 'cleared' },
      },
    ],
  },
  {
    name: 'Pressure outside its band',
    config: {
      value: 'payload.bar',
      operator: 'outside',
      limit: 2,
      upperLimit: 4,
      unit: 'bar',
      mode: 'change',
    },
    in: [
      { device: 'pump', payload: { bar: 3 } },
      { device: 'pump', payload: { bar: 4.5 } },
      { device: 'pump', payload: { bar: 4 } },
    ],
    out: [
      { port: 'raised', payload: { bar: 4.5 } },
      { port: 'cleared', payload: { bar: 4 } },
    ],
  },
]);
