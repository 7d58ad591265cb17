import { describe, expect, it } from 'vitest';
import { createFlowUses } from './flowUse.ts';

const isolate = (flow: string, ranMs: number, memory = 1_000) => ({ flow, ranMs, memory });

describe('[EN13] the processor time of a flow in the sandbox', () => {
  it('is how long its code has run', () => {
    const uses = createFlowUses();
    expect(uses.take([isolate('a', 30), isolate('b', 2)], 100)).toEqual({
      a: { cpuMs: 30, memory: 1_000 },
      b: { cpuMs: 2, memory: 1_000 },
    });
  });

  it('is never more, all flows together, than what the process took meanwhile', () => {
    const uses = createFlowUses();
    uses.take([], 100);
    const first = uses.take([isolate('a', 90), isolate('b', 30)], 160);
    expect([first.a?.cpuMs, first.b?.cpuMs]).toEqual([45, 15]);
    const second = uses.take([isolate('a', 100), isolate('b', 30)], 400);
    expect([second.a?.cpuMs, second.b?.cpuMs]).toEqual([55, 15]);
  });

  it('goes on over the end of its isolate, whose memory is free then', () => {
    const uses = createFlowUses();
    uses.take([isolate('a', 30)], 100);
    uses.ended('a', 40);
    expect(uses.take([], 200)).toEqual({ a: { cpuMs: 40, memory: 0 } });
    expect(uses.take([isolate('a', 5, 7)], 300)).toEqual({ a: { cpuMs: 45, memory: 7 } });
  });
});
