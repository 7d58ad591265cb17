import type { ShownMessage } from '@sluice/shared/protocol/shown.ts';
import { describe, expect, it } from 'vitest';
import { leafPaths, messageLine, messageTree, searchTree } from './messageTree.ts';

const message: ShownMessage = {
  id: 'm1',
  time: 1,
  topic: 'devices/f1/telemetry',
  device: 'f1',
  payload: { temperature: -18.5, door: { open: false }, list: [{ 'odd key': 'x' }] },
  headers: {},
};

describe('messageTree', () => {
  it('gives each value the path by which settings reach it', () => {
    expect(leafPaths(messageTree(message)).map(({ path }) => path)).toEqual([
      'payload.temperature',
      'payload.door.open',
      'payload.list[0]["odd key"]',
      'device',
      'topic',
      'time',
      'id',
    ]);
  });

  it('finds by name and by value, and keeps the way there', () => {
    const [payload, ...others] = searchTree(messageTree(message), 'OPEN');
    expect(others).toEqual([]);
    expect(payload?.children.map(({ label }) => label)).toEqual(['door']);
    expect(leafPaths(searchTree(messageTree(message), '-18.5')).map(({ path }) => path)).toEqual([
      'payload.temperature',
    ]);
  });

  it('says a message in one line', () => {
    expect(messageLine(message)).toBe('temperature -18.5 · door open · list 1 item');
    expect(messageLine({ ...message, payload: 'on' })).toBe('“on”');
  });
});
