import type { Trace } from '@sluice/shared/protocol/running.ts';
import { createStore } from 'zustand/vanilla';
import { type ReadStore, readOnly } from '../state/store.ts';

/** How many traces of a flow are listed, as many as the server keeps. */
export const MOST_TRACES = 20;

/** Which message to trace: the next one of a source, of a device, or at all. */
export interface TraceWanted {
  readonly node?: string | undefined;
  readonly device?: string | undefined;
}

interface TracesState {
  /** Newest first. */
  readonly list: readonly Trace[];
  /** The one that is looked at: its way is lit on the canvas. */
  readonly shown: string | undefined;
  /** What was asked for here, and its message has not come yet. */
  readonly waiting: TraceWanted | undefined;
  /** The flow knows of it: the next message that fits is traced. */
  readonly isAwaited: boolean;
  /** What the shown one lights up; `undefined` where none is shown. */
  readonly lit: Lit | undefined;
}

/** The way of a message over the canvas. */
export interface Lit {
  readonly nodes: ReadonlySet<string>;
  /** Outputs that it left by, as `node.port`. */
  readonly outputs: ReadonlySet<string>;
  /** Nodes where a branch of it ended. */
  readonly ends: ReadonlySet<string>;
}

/** The traces of the flow that is open. */
export interface Traces extends ReadStore<TracesState> {
  /** A trace has begun or gone on. The one that was waited for is shown. */
  receive(trace: Trace): void;
  /** Takes in what the server has kept. */
  load(kept: readonly Trace[]): void;
  show(id: string | undefined): void;
  /** Something is being asked for, or nothing any more. The trace may come before the answer that it will. */
  wait(wanted: TraceWanted | undefined): void;
  /** The flow has said that it traces what was asked for. */
  awaited(): void;
}

export function createTraces(): Traces {
  const store = createStore<TracesState>(() => ({
    list: [],
    shown: undefined,
    waiting: undefined,
    isAwaited: false,
    lit: undefined,
  }));
  const set = (change: Partial<TracesState>) => {
    const { list, shown } = { ...store.getState(), ...change };
    const trace = list.find(({ id }) => id === shown);
    store.setState({ ...change, lit: trace === undefined ? undefined : litBy(trace) });
  };
  return {
    ...readOnly(store),
    receive(trace) {
      const { list, waiting } = store.getState();
      if (list.some(({ id }) => id === trace.id)) {
        set({ list: list.map((one) => (one.id === trace.id ? trace : one)) });
        return;
      }
      const isWaitedFor = waiting !== undefined && fits(trace, waiting);
      set({
        list: newest([trace, ...list]),
        ...(isWaitedFor ? { shown: trace.id, waiting: undefined } : {}),
      });
    },
    load(kept) {
      const known = new Map(store.getState().list.map((trace) => [trace.id, trace]));
      set({ list: kept.map((trace) => further(trace, known.get(trace.id))) });
    },
    show: (shown) => set({ shown }),
    wait: (waiting) => set({ waiting, isAwaited: false }),
    awaited: () => set({ isAwaited: true }),
  };
}

/** Whether a trace is the one that was asked for. Those that the runner takes by itself are nobody's. */
function fits({ isSampled = false, device, steps }: Trace, wanted: TraceWanted): boolean {
  const isOfDevice = wanted.device === undefined || wanted.device === '' || device === wanted.device;
  return !isSampled && isOfDevice && (wanted.node === undefined || steps[0]?.node === wanted.node);
}

/** As many as are kept; those that nobody asked for go first. */
function newest(list: readonly Trace[]): readonly Trace[] {
  if (list.length <= MOST_TRACES) return list;
  const oldest = list.findLastIndex(({ isSampled }) => isSampled === true);
  return list.toSpliced(oldest === -1 ? list.length - 1 : oldest, 1);
}

/** Of two states of one trace the later one. */
function further(one: Trace, other: Trace | undefined): Trace {
  if (other === undefined) return one;
  return other.isDone || (!one.isDone && other.steps.length > one.steps.length) ? other : one;
}

/** What a trace lights up. */
export function litBy({ steps }: Trace): Lit {
  return {
    nodes: new Set(steps.map(({ node }) => node)),
    outputs: new Set(steps.flatMap(({ node, out }) => out.map(({ port }) => `${node}.${port}`))),
    ends: new Set(steps.filter(({ outcome }) => outcome !== 'passed').map(({ node }) => node)),
  };
}
