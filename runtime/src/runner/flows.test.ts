import type { Flow } from '@sluice/shared/flow/flow.ts';
import { emptyFlow } from '@sluice/shared/flow/flow.ts';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../engine/plan.ts';
import type { RunningFlow } from '../engine/runningFlow.ts';
import { Flows } from './flows.ts';

/** Flows whose plans are only their names; `done` says what became of them, in order. */
function stage(options: { readonly failing?: string; readonly stopping?: Promise<void> } = {}) {
  const done: string[] = [];
  const start = (plan: Plan): Promise<RunningFlow> => {
    if (plan.flow.name === options.failing) return Promise.reject(new Error('The port is taken.'));
    done.push(`start ${plan.flow.name}`);
    return Promise.resolve({
      id: plan.flow.id,
      inject: () => done.push(`inject ${plan.flow.name}`),
      settled: () => Promise.resolve(),
      taps: { counters: () => ({}), nodes: () => ({}), watch: () => undefined },
      stop: async () => {
        await options.stopping;
        done.push(`stop ${plan.flow.name}`);
      },
    });
  };
  const flows = new Flows({
    compile: ({ id, name }) => ({
      ok: true,
      plan: { flow: { id, name }, nodes: [], catches: [] },
      problems: [],
    }),
    checkCode: () => Promise.resolve([]),
    start,
    stopped: (flow) => done.push(`closed ${flow}`),
    forget: (flow) => done.push(`forgot ${flow}`),
  });
  return { flows, done };
}

const version = (name: string): Flow => emptyFlow('f', name);

describe('[EN12] the versions of a flow', () => {
  it('one stops before the next starts', async () => {
    const { flows, done } = stage();
    await flows.deploy(version('one'));
    await flows.deploy(version('two'));
    expect(done).toEqual(['start one', 'stop one', 'closed f', 'start two']);
  });

  it('one that does not start leaves the old one running, and the sentence says both', async () => {
    const { flows, done } = stage({ failing: 'two' });
    await flows.deploy(version('one'));
    expect(await flows.deploy(version('two'))).toMatchObject({
      ok: false,
      sentence: 'The port is taken. The version before runs on.',
    });
    expect(done.at(-1)).toBe('start one');
    await flows.inject('f', 'n', undefined, undefined);
    expect(done.at(-1)).toBe('inject one');
  });

  it('changes go one after the other, and a message by hand waits for them', async () => {
    const { promise: stopping, resolve: letGo } = Promise.withResolvers<void>();
    const { flows, done } = stage({ stopping });
    await flows.deploy(version('one'));
    const deploying = flows.deploy(version('two'));
    const injecting = flows.inject('f', 'n', undefined, undefined);
    const stopped = flows.stop('f', true);
    expect(done).toEqual(['start one']);
    letGo();
    await Promise.all([deploying, injecting, stopped]);
    expect(done.filter((what) => !what.startsWith('closed'))).toEqual([
      'start one',
      'stop one',
      'start two',
      'inject two',
      'stop two',
      'forgot f',
    ]);
    expect(await flows.inject('f', 'n', undefined, undefined)).toMatchObject({ code: 'not-found' });
  });
});
