import type { Flow } from '@sluice/shared/flow/flow.ts';
import { emptyFlow } from '@sluice/shared/flow/flow.ts';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../engine/plan.ts';
import type { RunningFlow } from '../engine/runningFlow.ts';
import { Flows } from './flows.ts';

const NO_STATE = { entries: [], total: 0, timers: 0, maxKeys: 0, evicted: 0 };
const NO_TOTALS = { batches: 0, messages: 0, underWay: 0, oldestMs: 0, memory: 0 };

/** A running flow that has nothing and does nothing. */
const IDLE = {
  settled: () => Promise.resolve(),
  taps: { counters: () => ({}), nodes: () => ({}), totals: () => NO_TOTALS, watch: () => undefined },
  stateView: { page: () => NO_STATE, set: () => undefined, clear: () => undefined, clearAll: () => 0 },
  carried: () => [],
  outboxes: () => [],
  clearOutbox: () => 0,
  trace: () => undefined,
  recentInputs: () => [],
};

/** Flows whose plans are only their names; `done` says what became of them, in order. */
function stage(options: { readonly failing?: string; readonly swapping?: Promise<void> } = {}) {
  const done: string[] = [];
  const start = (plan: Plan): Promise<RunningFlow> => {
    let { name } = plan.flow;
    done.push(`start ${name}`);
    return Promise.resolve({
      ...IDLE,
      id: plan.flow.id,
      inject: () => done.push(`inject ${name}`),
      swap: async (next) => {
        await options.swapping;
        if (next.flow.name === options.failing) throw new Error('The port is taken.');
        name = next.flow.name;
        done.push(`swap to ${name}`);
      },
      stop: () => {
        done.push(`stop ${name}`);
        return Promise.resolve();
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
    rest: () => IDLE.stateView,
  });
  return { flows, done };
}

const version = (name: string): Flow => emptyFlow('f', name);

describe('[EN12] the versions of a flow', () => {
  it('one goes on as the next, and is not started anew', async () => {
    const { flows, done } = stage();
    await flows.deploy(version('one'), []);
    await flows.deploy(version('two'), []);
    expect(done).toEqual(['start one', 'swap to two']);
  });

  it('one that does not start leaves the old one running, and the sentence says both', async () => {
    const { flows, done } = stage({ failing: 'two' });
    await flows.deploy(version('one'), []);
    expect(await flows.deploy(version('two'), [])).toMatchObject({
      ok: false,
      sentence: 'The port is taken. The version before runs on.',
    });
    await flows.inject('f', 'n', undefined, undefined);
    expect(done).toEqual(['start one', 'inject one']);
  });

  it('changes go one after the other, and a message by hand waits for them', async () => {
    const { promise: swapping, resolve: letGo } = Promise.withResolvers<void>();
    const { flows, done } = stage({ swapping });
    await flows.deploy(version('one'), []);
    const deploying = flows.deploy(version('two'), []);
    const injecting = flows.inject('f', 'n', undefined, undefined);
    const stopped = flows.stop('f', true);
    expect(done).toEqual(['start one']);
    letGo();
    await Promise.all([deploying, injecting, stopped]);
    expect(done).toEqual(['start one', 'swap to two', 'inject two', 'stop two', 'closed f', 'forgot f']);
    expect(await flows.inject('f', 'n', undefined, undefined)).toMatchObject({ code: 'not-found' });
  });
});
