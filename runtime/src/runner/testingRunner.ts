import type { Flow } from '@sluice/shared/flow/flow.ts';
import { createHttp } from '../connections/http.ts';
import { openRunner } from './openRunner.ts';
import { Outstanding } from './outstanding.ts';
import type { HostMessage, RunnerAnswer, RunnerConnection, RunnerMessage } from './protocol.ts';
import { createTestingWait } from './testingWait.ts';
import { newId, systemTime } from './time.ts';

/** A real runner in the process of a test. */
export interface TestingRunner {
  /** What it has told its host, in order. */
  readonly told: readonly RunnerMessage[];
  readonly receive: (message: HostMessage) => void;
  /** Sends a request and resolves with its answer. */
  readonly ask: (make: (request: string) => HostMessage) => Promise<RunnerAnswer>;
  readonly deploy: (flow: Flow, version?: number) => Promise<RunnerAnswer>;
  /** Resolves when this holds; looked at after each message to the host. */
  readonly until: (holds: () => boolean) => Promise<void>;
  readonly close: () => Promise<void>;
}

export function startTestingRunner(folder: string, connections: readonly RunnerConnection[]): TestingRunner {
  const told: RunnerMessage[] = [];
  const answers = new Outstanding<RunnerAnswer>();
  const wait = createTestingWait();
  const made = openRunner({
    workspace: 'w',
    folder,
    connections,
    devices: [],
    telemetry: { connection: 'plant', filter: 'devices/+/telemetry' },
    time: systemTime,
    http: createHttp({ allowPrivate: true }),
    send: (message) => {
      told.push(message);
      if (message.kind === 'answer') answers.settle(message.request, message.result);
      wait.lookAgain();
    },
  });
  const ask: TestingRunner['ask'] = (make) => {
    const request = newId();
    const answered = answers.open(request);
    made.receive(make(request));
    return answered;
  };
  return {
    told,
    receive: (message) => made.receive(message),
    ask,
    deploy: (flow, version = 1) => ask((request) => ({ kind: 'deploy', request, version, flow, reset: [] })),
    until: (holds) => wait.until(holds),
    close: () => made.close(2_000),
  };
}
