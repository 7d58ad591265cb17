/** What the user code of one flow takes: processor time since the process started, ms, and bytes of heap. */
export interface FlowUse {
  readonly cpuMs: number;
  readonly memory: number;
}

/** What one flow's isolate says of itself. */
interface IsolateUse {
  readonly flow: string;
  /** How long its code has run since it was made, ms: more than processor time where threads wait for a core. */
  readonly ranMs: number;
  readonly memory: number;
}

/** Processor time by flow, put together from what isolates say, over their ends. */
export interface FlowUses {
  /** What all flows take, given what their isolates say now and the processor time of the whole process, ms. */
  take(isolates: readonly IsolateUse[], processCpuMs: number): Readonly<Record<string, FlowUse>>;
  /** An isolate has ended after its code ran this long. */
  ended(flow: string, ranMs: number): void;
}

/**
 * Isolates on Linux measure by the wall. So what ran since the last time is scaled down where it is more than the processor
 * time that the process took since then: flows together never show more than their process.
 */
export function createFlowUses(): FlowUses {
  /** Of isolates that have ended. */
  const ranBefore = new Map<string, number>();
  const known = new Map<string, { readonly ranMs: number; readonly cpuMs: number }>();
  let processBefore = 0;
  return {
    ended: (flow, ranMs) => void ranBefore.set(flow, (ranBefore.get(flow) ?? 0) + ranMs),
    take(isolates, processCpuMs) {
      const live = new Map(isolates.map((isolate) => [isolate.flow, isolate]));
      const ran = [...new Set([...ranBefore.keys(), ...live.keys()])].map((flow) => {
        const ranMs = (ranBefore.get(flow) ?? 0) + (live.get(flow)?.ranMs ?? 0);
        return { flow, ranMs, more: Math.max(0, ranMs - (known.get(flow)?.ranMs ?? 0)) };
      });
      const allMore = ran.reduce((sum, { more }) => sum + more, 0);
      const share = allMore === 0 ? 0 : Math.min(1, Math.max(0, processCpuMs - processBefore) / allMore);
      processBefore = processCpuMs;
      for (const { flow, ranMs, more } of ran)
        known.set(flow, { ranMs, cpuMs: (known.get(flow)?.cpuMs ?? 0) + more * share });
      return Object.fromEntries(
        ran.map(({ flow }) => [
          flow,
          { cpuMs: known.get(flow)?.cpuMs ?? 0, memory: live.get(flow)?.memory ?? 0 },
        ]),
      );
    },
  };
}
