import type { LogEntry } from '@sluice/shared/protocol/live.ts';
import { describe, expect, it } from 'vitest';
import { filterLog } from './logFilter.ts';

const entry = (id: string, kind: LogEntry['kind'], node: string, payload: string): LogEntry => ({
  id,
  at: 1,
  kind,
  node,
  text: 'seen',
  message: { id: 'm', time: 1, topic: 'devices/f1/telemetry', device: 'f1', payload, headers: {} },
});
const entries = [
  entry('1', 'debug', 'a', 'Warm'),
  entry('2', 'error', 'b', 'cold'),
  entry('3', 'debug', 'b', 'warm'),
];
const all = { node: undefined, kind: undefined, text: '' };

describe('filterLog', () => {
  it('shows the newest first', () => {
    expect(filterLog(entries, all).map(({ id }) => id)).toEqual(['3', '2', '1']);
  });

  it('filters by node, kind and text, also in the message', () => {
    expect(filterLog(entries, { ...all, text: 'WARM' }).map(({ id }) => id)).toEqual(['3', '1']);
    expect(filterLog(entries, { ...all, node: 'b', kind: 'error' }).map(({ id }) => id)).toEqual(['2']);
    expect(filterLog(entries, { ...all, text: 'devices/f1' })).toHaveLength(3);
  });
});
