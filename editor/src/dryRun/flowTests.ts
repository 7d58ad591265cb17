import { createStore } from 'zustand/vanilla';
import type { FlowDocument } from '../state/document.ts';
import type { FlowHistory } from '../state/history.ts';
import { readOnly } from '../state/store.ts';
import { createSavedScenarios } from './savedScenarios.ts';
import type { TestServer } from './testServer.ts';
import type { FlowTests, TestState } from './testState.ts';
import { createTrials } from './trials.ts';

export interface FlowTestParts {
  readonly document: FlowDocument;
  readonly history: FlowHistory;
  readonly server: TestServer;
}

/** What a person tries a draft on, from nothing. */
export function createFlowTests(parts: FlowTestParts): FlowTests {
  const store = createStore<TestState>(() => ({
    samples: [],
    problems: [],
    runFor: '0s',
    run: { kind: 'none' },
    outcomes: undefined,
  }));
  const trials = createTrials(store, parts.document, parts.server);
  const { runUntil: _, ...ofSamples } = trials;
  return { ...readOnly(store), ...ofSamples, ...createSavedScenarios({ ...parts, store, trials }) };
}
