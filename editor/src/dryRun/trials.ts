import type { DryRun } from '@sluice/shared/protocol/running.ts';
import type { StoreApi } from 'zustand/vanilla';
import type { FlowDocument } from '../state/document.ts';
import type { Sample, SampleParts } from './sample.ts';
import { readSamples } from './sample.ts';
import type { TestServer } from './testServer.ts';
import type { FlowTests, TestState } from './testState.ts';

export interface Trials
  extends Pick<FlowTests, 'add' | 'take' | 'change' | 'remove' | 'setRunFor' | 'run' | 'recent'> {
  /** What the run gave; `undefined` where there was none, or the samples were changed meanwhile. */
  runUntil(until: string | undefined): Promise<DryRun | undefined>;
}

/** Samples, and running the draft on them. */
export function createTrials(store: StoreApi<TestState>, document: FlowDocument, server: TestServer): Trials {
  let lastKey = 0;
  /** Grows with each run and each change: an answer to what was before comes too late. */
  let turn = 0;

  const keyed = (parts: SampleParts): Sample => ({ ...parts, key: (lastKey += 1) });
  /** What is shown came of other samples or another time: it goes. */
  const set = (change: Partial<Pick<TestState, 'samples' | 'runFor'>>) => {
    turn += 1;
    store.setState({ ...change, problems: [], run: { kind: 'none' } });
  };

  const run = async (until: string | undefined): Promise<DryRun | undefined> => {
    const { samples, runFor } = store.getState();
    const read = readSamples(samples);
    if (!read.ok) {
      store.setState({ problems: read.problems });
      return undefined;
    }
    const { flow } = document.getState();
    const mine = (turn += 1);
    store.setState({ problems: [], run: { kind: 'running' } });
    const wanted = { flow, inputs: read.inputs, runFor };
    const asked = await server.dryRun(until === undefined ? wanted : { ...wanted, until });
    if (mine !== turn) return undefined;
    store.setState({
      run: asked.ok
        ? { kind: 'done', run: asked.value, until, flow }
        : { kind: 'failed', sentence: asked.sentence },
    });
    return asked.ok ? asked.value : undefined;
  };

  const { getState } = store;
  return {
    runUntil: run,
    add(parts) {
      const sample = keyed(parts);
      set({ samples: [...getState().samples, sample] });
      return sample.key;
    },
    take: (samples, runFor = '0s') => set({ samples: samples.map(keyed), runFor }),
    change(key, change) {
      const { samples } = getState();
      set({ samples: samples.map((sample) => (sample.key === key ? { ...sample, ...change } : sample)) });
    },
    remove: (key) => set({ samples: getState().samples.filter((sample) => sample.key !== key) }),
    setRunFor: (runFor) => set({ runFor }),
    async run(until) {
      await run(until);
    },
    recent: () => server.recentInputs(),
  };
}
