import type { Flow } from '@sluice/shared/flow/flow.ts';
import { emptyFlow, flowSchema } from '@sluice/shared/flow/flow.ts';
import type { DryRun } from '@sluice/shared/protocol/running.ts';
import { dryInputSchema } from '@sluice/shared/protocol/running.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fakeTime } from '../fakeTime.ts';
import { systemTime } from '../time.ts';
import type { DryRequest } from './dryRun.ts';
import { createDryRuns } from './dryRuns.ts';
import type { DryProcessEvents } from './launchDryRun.ts';
import { dryRunLauncher } from './launchDryRun.ts';
import type { DryTask } from './messages.ts';

const DEVICES = { devices: [], telemetry: { connection: 'b', filter: 'devices/+/telemetry' } };
const REQUEST: DryRequest = { flow: emptyFlow('f', 'F'), inputs: [], until: undefined, runForMs: 0 };
const RUN: DryRun = {
  problems: [],
  steps: [],
  effects: [],
  counts: {},
  isCut: false,
  tookMs: 1,
  coveredMs: 0,
};

/** Processes that do as they are told. */
function fakes() {
  const time = fakeTime();
  const started: { events: DryProcessEvents; tasks: DryTask[]; isKilled: boolean }[] = [];
  const runs = createDryRuns({
    time,
    devices: () => DEVICES,
    launch: (events) => {
      const one = { events, tasks: [] as DryTask[], isKilled: false };
      started.push(one);
      return { send: (task) => void one.tasks.push(task), kill: () => void (one.isKilled = true) };
    },
  });
  const answer = (at: number) => started[at]?.events.answer({ ok: true, value: RUN });
  return { time, started, runs, answer };
}

describe('[EN15] dry runs have processes of their own', () => {
  it('two at once, the next one waits in line, and takes the process that is free', async () => {
    const { runs, started, answer } = fakes();
    const asked = [1, 2, 3].map(() => runs.dryRun(REQUEST));
    expect(started.map(({ tasks }) => tasks.length)).toEqual([1, 1]);
    answer(1);
    await asked[1];
    expect(started.map(({ tasks }) => tasks.length)).toEqual([1, 2]);
    answer(0);
    answer(1);
    expect(await Promise.all(asked)).toEqual([RUN, RUN, RUN]);
  });

  it('a line that is too long is refused', async () => {
    const { runs } = fakes();
    const asked = Array.from({ length: 22 }, () => runs.dryRun(REQUEST));
    await expect(runs.dryRun(REQUEST)).rejects.toMatchObject({ code: 'limit-reached' });
    runs.close();
    expect((await Promise.allSettled(asked)).every(({ status }) => status === 'rejected')).toBe(true);
  });

  it('one that takes too long is ended with a sentence, and the next one gets a new process', async () => {
    const { runs, started, time, answer } = fakes();
    const slow = runs.dryRun(REQUEST);
    time.advance(29_999);
    expect(started[0]?.isKilled).toBe(false);
    time.advance(1);
    await expect(slow).rejects.toThrow('took longer than 30 s');
    expect(started[0]?.isKilled).toBe(true);
    const next = runs.dryRun(REQUEST);
    answer(1);
    expect(await next).toEqual(RUN);
    expect(time.pending()).toBe(1);
  });

  it('a process that ends tells whether it was memory; one that is not needed is ended', async () => {
    const { runs, started, time, answer } = fakes();
    const large = runs.dryRun(REQUEST);
    started[0]?.events.ended(true);
    await expect(large).rejects.toThrow('more memory than a test may');
    const crashed = runs.dryRun(REQUEST);
    started[1]?.events.ended(false);
    await expect(crashed).rejects.toThrow('Run it again');
    const fine = runs.dryRun(REQUEST);
    answer(2);
    await fine;
    time.advance(30_000);
    expect(started[2]?.isKilled).toBe(true);
    expect(time.pending()).toBe(0);
  });

  it('closing ends what is under way, and leaves nothing behind', async () => {
    const { runs, started, time } = fakes();
    const asked = runs.dryRun(REQUEST);
    runs.close();
    runs.close();
    await expect(asked).rejects.toMatchObject({ code: 'runner-away' });
    await expect(runs.dryRun(REQUEST)).rejects.toMatchObject({ code: 'runner-away' });
    expect([started[0]?.isKilled, started.length, time.pending()]).toEqual([true, 1, 0]);
  });
});

const FLOW: Flow = flowSchema.parse({
  format: 1,
  id: 'f',
  name: 'F',
  nodes: [
    { id: 'in', type: 'device-input', position: { x: 0, y: 0 }, config: {} },
    {
      id: 'double',
      type: 'function',
      name: 'Double',
      position: { x: 0, y: 0 },
      config: { code: 'return { ...message, payload: message.payload * 2 };' },
    },
    { id: 'show', type: 'debug', position: { x: 0, y: 0 }, config: {} },
  ],
  wires: [
    { from: ['in', 'out'], to: ['double', 'in'] },
    { from: ['double', 'out'], to: ['show', 'in'] },
  ],
});

describe('the process for dry runs', () => {
  const start = () => {
    const runs = createDryRuns({ time: systemTime, launch: dryRunLauncher({}), devices: () => DEVICES });
    onTestFinished(() => runs.close());
    return runs;
  };

  it('runs flow, sandbox and scenarios, and tells failures in the words of the canvas', async () => {
    const runs = start();
    const inputs = [dryInputSchema.parse({ node: 'in', time: 1_000, payload: 21 })];
    const { steps } = await runs.dryRun({ ...REQUEST, flow: FLOW, inputs });
    expect(steps.map(({ node, in: came }) => [node, came?.payload])).toEqual([
      ['double', 21],
      ['show', 42],
    ]);
    const message = (payload: number) => ({ at: '0s', message: { payload } });
    const input = [{ ...message(21), node: 'in' }];
    const outcomes = await runs.runScenarios(FLOW, [
      { name: 'Right', input, expect: [{ ...message(42), node: 'show' }], runFor: '0s' },
      { name: 'Wrong', input, expect: [{ ...message(43), node: 'double' }], runFor: '0s' },
      { name: 'Lost', input: [{ ...message(1), node: 'in', port: 'left' }], expect: [], runFor: '0s' },
    ]);
    expect(outcomes).toMatchObject([
      { name: 'Right', isPassed: true, differences: [] },
      { isPassed: false, differences: ['Double, message 1: payload is 21, and 43 was expected.'] },
      { isPassed: false, differences: [expect.stringContaining('no port “left”')] },
    ]);
    await expect(
      runs.dryRun({ ...REQUEST, flow: FLOW, inputs: [dryInputSchema.parse({ node: 'x', time: 0 })] }),
    ).rejects.toMatchObject({ code: 'invalid-input' });
  });
});
