import { useEditor } from '../flow/EditorContext.tsx';
import { createFlowTests } from './flowTests.ts';
import type { FlowTests } from './testState.ts';

/** What a person tries the draft of the open flow on. Made by the first who asks, and kept as long as the flow is open. */
export function useTests(): FlowTests {
  return useEditor().tests(createFlowTests);
}
