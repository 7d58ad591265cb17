import type { Deployment } from '@sluice/shared/protocol/http.ts';
import { describe, expect, it } from 'vitest';
import { readFlowFile } from './flowFile.ts';
import { flowState } from './flowState.ts';
import { headline } from './headline.ts';

describe('headline', () => {
  it('counts alerts and devices in words', () => {
    expect(headline({ openAlerts: 1, reporting: 8, silent: 1 })).toEqual({
      alerts: '1 open alert',
      devices: '8 devices reporting, 1 silent',
    });
    expect(headline({ openAlerts: 0, reporting: 1, silent: 0 })).toEqual({
      alerts: 'No open alerts',
      devices: '1 device reporting',
    });
    expect(headline({ openAlerts: 0, reporting: 0, silent: 0 }).devices).toBe('no devices yet');
  });
});

describe('flowState', () => {
  const deployment = (state: Deployment['state']): Deployment => ({
    flow: 'f',
    version: 1,
    state,
    sentence: 'Why.',
    since: 0,
  });

  it('offers what can be done and gives a reason where one is needed', () => {
    expect(flowState(undefined)).toEqual({ status: 'idle', word: 'not deployed', offer: 'none' });
    expect(flowState(deployment('starting'))).toEqual({ status: 'busy', word: 'starting', offer: 'stop' });
    expect(flowState(deployment('running'))).toEqual({ status: 'good', word: 'running', offer: 'stop' });
    expect(flowState(deployment('stopped'))).toEqual({ status: 'idle', word: 'stopped', offer: 'start' });
    expect(flowState(deployment('failed'))).toMatchObject({
      status: 'danger',
      reason: 'Why.',
      offer: 'start',
    });
    expect(flowState(deployment('held'))).toMatchObject({
      status: 'caution',
      reason: 'Why.',
      offer: 'start',
    });
  });
});

describe('readFlowFile', () => {
  it('reads a flow file', async () => {
    const text = JSON.stringify({ format: 1, id: 'f', name: 'F', nodes: [], wires: [] });
    expect(await readFlowFile(new File([text], 'f.json'))).toMatchObject({ ok: true, flow: { id: 'f' } });
  });

  it('says what is wrong with one that is not JSON', async () => {
    const read = await readFlowFile(new File(['{"format": 1,'], 'f.json'));
    expect(read).toMatchObject({ ok: false, code: 'invalid-json' });
  });

  it('refuses a large file without reading it', async () => {
    const text = () => Promise.reject(new Error('was read'));
    const read = await readFlowFile({ size: 700_000_000, text });
    expect(read).toMatchObject({
      ok: false,
      sentence: 'The file has 700.0 MB, and a flow file has at most 4 MB. Choose another one.',
    });
  });

  it('says why a file could not be read', async () => {
    const text = () => Promise.reject(new Error('permission denied'));
    expect(await readFlowFile({ size: 10, text })).toMatchObject({
      ok: false,
      sentence: 'The file could not be read: permission denied',
    });
  });
});
