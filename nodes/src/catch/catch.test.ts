import { expect, it } from 'vitest';
import { startNode } from '../testing.ts';
import { catchForm } from './form.ts';
import { catchRunner } from './run.ts';
import { catchNode } from './schema.ts';

it('[EN7] passes failed messages on as they are, in order', async () => {
  const bench = startNode({ definition: catchNode }, catchRunner, {});
  await bench.receive([
    { id: 'a', payload: 1, headers: { error: 'first' } },
    { id: 'b', payload: 2, headers: { error: 'second' } },
  ]);
  expect(bench.sent).toMatchObject([
    { port: 'out', message: { id: 'a', payload: 1, headers: { error: 'first' } } },
    { port: 'out', message: { id: 'b', payload: 2, headers: { error: 'second' } } },
  ]);
  expect(catchForm.sentence({})).toBe('errors of this flow');
});
