import { expect, it } from 'vitest';
import { startNode } from '../testing.ts';
import { debugForm } from './form.ts';
import { debugRunner } from './run.ts';
import { debugNode } from './schema.ts';

const start = (config: object) => startNode({ definition: debugNode }, debugRunner, config);

it('shows each message with the label, or the name of the node', async () => {
  const bench = start({});
  await bench.receive([{ id: 'a', payload: { t: 1 } }, { id: 'b' }]);
  expect(bench.world.debugged).toMatchObject([
    { label: 'Node', message: { id: 'a', payload: { t: 1 } } },
    { label: 'Node', message: { id: 'b' } },
  ]);
  expect(bench.sent).toEqual([]);
});

it('shows one field, null where it is missing', async () => {
  const bench = start({ show: 'payload.t', label: 'temp' });
  await bench.receive([{ payload: { t: 1 } }, { payload: {} }]);
  expect(bench.world.debugged.map(({ message, label }) => [label, message.payload])).toEqual([
    ['temp', 1],
    ['temp', null],
  ]);
});

it('reads as a sentence', () => {
  const sentence = (config: object) => debugForm.sentence(debugNode.config.parse(config));
  expect(sentence({})).toBe('shows messages');
  expect(sentence({ show: 'payload.t', label: 'x' })).toBe('shows payload.t as x');
});
