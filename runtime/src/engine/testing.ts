import type { NodeImplementation } from '@sluice/shared/node/implementNode.ts';
import type { ProgramSource, SandboxProgram } from '@sluice/shared/node/context.ts';
import { memoryStateStore } from '../storage/memoryStateStore.ts';
import type { Notice, Shell, StateStore } from './shell.ts';
import type { VirtualTime } from './virtualTime.ts';
import { createVirtualTime } from './virtualTime.ts';

/** When test shells begin: 2026-01-01T00:00:00Z. */
export const TEST_START = 1_767_225_600_000;

/** A shell on a fake clock, whose flows have nothing outside but what is handed in. */
export interface TestShell extends Shell {
  readonly time: VirtualTime;
  readonly notices: Notice[];
}

export interface TestShellOptions extends Partial<Omit<Shell, 'program'>> {
  readonly implementations: ReadonlyMap<string, NodeImplementation>;
  readonly time?: VirtualTime;
  readonly store?: StateStore;
  /** Runs user code; without it every run fails. */
  readonly program?: (flow: string, node: string, source: ProgramSource) => SandboxProgram;
}

/** Makes a shell for tests: fake clock, ids in a row, a store in memory, notices gathered. */
export function createTestShell(options: TestShellOptions): TestShell {
  const time = options.time ?? createVirtualTime(TEST_START);
  const notices: Notice[] = [];
  let ids = 0;
  return {
    workspace: 'workspace',
    clock: time.clock,
    newId: () => `id-${(ids += 1)}`,
    scheduler: time.scheduler,
    store: memoryStateStore(),
    connection: (type, id) => absent(`the ${type} connection “${id}”`),
    random: () => 0,
    elapsed: () => time.clock.now(),
    http: {
      request: () => Promise.reject(new Error('There is no network in this test.')),
      listen: () => Promise.reject(new Error('There is no network in this test.')),
      respond: () => false,
    },
    devices: {
      matches: () => true,
      name: (device) => device,
      telemetry: { connection: 'embedded', filter: 'devices/+/telemetry' },
    },
    reportAlarms: () => Promise.resolve(),
    notice: (notice) => void notices.push(notice),
    ...options,
    program: (flow, node, source) => ({
      run: (messages, signal) => {
        if (options.program !== undefined) return options.program(flow, node, source).run(messages, signal);
        return Promise.reject(new Error('There is no sandbox in this test.'));
      },
      close: () => undefined,
    }),
    time,
    notices,
  };
}

function absent(what: string): never {
  throw new Error(`A test has to hand in ${what}.`);
}
