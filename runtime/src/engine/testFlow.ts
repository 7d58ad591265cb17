import type { Flow } from '@sluice/shared/flow/flow.ts';
import { memoryStateStore } from '../storage/memoryStateStore.ts';
import type { MemoryStateStore } from '../storage/memoryStateStore.ts';
import type { RunningFlow } from './runningFlow.ts';
import type { FlowChanges } from './shell.ts';
import { startFlow } from './startFlow.ts';
import type { Lab, Origin } from './testNodes.ts';
import { createLab, originAt, planOf } from './testNodes.ts';
import type { TestShell, TestShellOptions } from './testing.ts';
import { createTestShell, TEST_START } from './testing.ts';
import type { VirtualTime } from './virtualTime.ts';
import { createVirtualTime } from './virtualTime.ts';

/** A flow of test nodes at work, and all by which a test sees and works it. */
export interface TestFlow {
  readonly lab: Lab;
  readonly shell: TestShell;
  readonly flow: RunningFlow;
  readonly time: VirtualTime;
  readonly origin: Origin;
  readonly store: MemoryStateStore;
}

export interface TestFlowOptions extends Partial<TestShellOptions> {
  /** Whether `send` nodes accept at once. */
  readonly isOpen?: boolean;
  /** The store of a flow that ran before, whose process is gone. */
  readonly left?: MemoryStateStore;
  /** When it starts, ms after the test's beginning. */
  readonly at?: number;
}

let starts = 0;

export async function runFlow(drawing: Flow, options: TestFlowOptions = {}): Promise<TestFlow> {
  const { isOpen = true, left, at = 0, ...shellOptions } = options;
  const lab = createLab(isOpen);
  const store = left ?? memoryStateStore();
  const time = createVirtualTime(TEST_START + at);
  let ids = 0;
  starts += 1;
  const prefix = starts;
  const shell = createTestShell({
    implementations: lab.implementations,
    store,
    time,
    newId: () => `${prefix}-${(ids += 1)}`,
    ...shellOptions,
  });
  const flow = await startFlow(planOf(drawing), shell);
  return { lab, shell, flow, time, origin: originAt(lab), store };
}

/** A store whose disk can be full: while it is, nothing is written. */
export function storeWithDisk(): MemoryStateStore & { isFull: boolean; readonly commits: FlowChanges[][] } {
  const store = memoryStateStore();
  const commits: FlowChanges[][] = [];
  const disk = {
    ...store,
    isFull: false,
    commits,
    commit: (changes: readonly FlowChanges[]) => {
      if (disk.isFull) throw new Error('The disk is full.');
      commits.push([...changes]);
      store.commit(changes);
    },
  };
  return disk;
}
