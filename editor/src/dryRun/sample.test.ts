import { exampleOf } from './exampleOf.ts';
import { catalog } from '@sluice/nodes/catalog.ts';
import { SCENARIO_START } from '@sluice/shared/flow/scenarioStart.ts';
import type { DryInput } from '@sluice/shared/protocol/running.ts';
import { describe, expect, it } from 'vitest';
import { payloadText, readSamples, type Sample, samplesOfInputs, samplesOfScenario } from './sample.ts';

const SAMPLE: Sample = {
  key: 1,
  node: 'in',
  port: 'out',
  at: '10m',
  device: 'f1',
  topic: '',
  payload: '{ "t": -3 }',
  headers: {},
};

describe('samples', () => {
  it('are messages of a dry run at times from the start of every scenario', () => {
    expect(readSamples([SAMPLE])).toEqual({
      ok: true,
      inputs: [
        {
          node: 'in',
          port: 'out',
          time: SCENARIO_START + 600_000,
          device: 'f1',
          topic: '',
          payload: { t: -3 },
          headers: {},
        },
      ],
    });
    expect(readSamples([{ ...SAMPLE, device: '', payload: 'door open' }])).toMatchObject({
      inputs: [{ payload: 'door open' }],
    });
  });

  it('that cannot be read say in which field and why', () => {
    const read = readSamples([SAMPLE, { ...SAMPLE, key: 2, at: 'later', payload: '{ "t":' }]);
    expect(read.ok ? [] : read.problems.map(({ key, field }) => [key, field])).toEqual([
      [2, 'at'],
      [2, 'payload'],
    ]);
  });

  it('of messages that came begin at the start and keep their distance', () => {
    const input = (time: number): DryInput => ({
      node: 'in',
      time,
      topic: 'a',
      payload: 1,
      headers: { qos: 1 },
    });
    expect(samplesOfInputs([input(5_000), input(65_000)], () => 'out')).toMatchObject([
      { at: '0s', port: 'out', payload: '1', headers: { qos: 1 } },
      { at: '1m', device: '' },
    ]);
  });

  it('of a scenario are its messages', () => {
    const message = { device: 'f1', payload: { t: 1 } };
    const input = [{ at: '1m', node: 'in', message }];
    expect(samplesOfScenario({ name: 'a', input, expect: [], runFor: '0s' })).toEqual([
      { node: 'in', port: 'out', at: '1m', device: 'f1', topic: '', payload: '{"t":1}', headers: {} },
    ]);
  });

  it('begin as the type of node that brings them in shows by example', () => {
    expect(exampleOf(catalog.get('device-input'))).toMatchObject({
      device: 'freezer-1',
      payload: '{"temperature":-18.2,"door":"closed"}',
    });
    expect(exampleOf(catalog.get('threshold'))).toEqual({});
    expect(exampleOf(undefined)).toEqual({});
  });

  it('write a payload so that it reads back as the same', () => {
    for (const payload of [null, 1, '1', 'door', '{', '', true, 'null', ' a ', { a: ['x'] }]) {
      const read = readSamples([{ ...SAMPLE, payload: payloadText(payload) }]);
      expect(read.ok ? read.inputs[0]?.payload : read).toEqual(payload);
    }
  });
});
