import { describe, expect, it } from 'vitest';
import { runFlow } from './testFlow.ts';
import { drawFlow } from './testNodes.ts';

describe('the lag of a source', () => {
  it('[EN14] is among the counters of the node for those that can tell, as it is at the moment', async () => {
    const { lab, flow } = await runFlow(
      drawFlow({ in: 'bring', other: 'bring', a: 'pass' }, 'in>a', 'other>a'),
    );
    let waiting = 3;
    lab.intakes.get('in')?.tellsLag?.(() => waiting);
    const lags = () => Object.entries(flow.taps.nodes()).map(([node, { lag }]) => [node, lag]);
    expect(lags()).toEqual([
      ['in', 3],
      ['other', undefined],
      ['a', undefined],
    ]);
    waiting = 0;
    expect(lags()[0]).toEqual(['in', 0]);
    await flow.stop(0);
  });
});
