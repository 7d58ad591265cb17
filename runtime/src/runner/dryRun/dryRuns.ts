import { SluiceError } from '@sluice/shared/errors.ts';
import type { Flow, Scenario } from '@sluice/shared/flow/flow.ts';
import type { DryRun, ScenarioOutcome } from '@sluice/shared/protocol/running.ts';
import type { RunnerTime } from '../time.ts';
import type { DryRequest } from './dryRun.ts';
import type { DryProcess, LaunchDryRun } from './launchDryRun.ts';
import type { DryAnswer, DryDevices, DryResults, DryTask } from './messages.ts';

/**
 * Dry runs and scenarios of one workspace. They run in processes of their own, so that neither the server nor the runner
 * waits for them: one at a time in each of two at most, the others in line. Each method rejects with a `SluiceError`:
 * `limit-reached` when a run takes too long, too much memory, or too many are in line.
 */
export interface DryRuns {
  dryRun(request: DryRequest): Promise<DryRun>;
  /** What became of each scenario, in order. */
  runScenarios(flow: Flow, scenarios: readonly Scenario[]): Promise<readonly ScenarioOutcome[]>;
  /** Ends what is under way. May be called twice. */
  close(): void;
}

export interface DryRunsOptions {
  readonly time: RunnerTime;
  readonly launch: LaunchDryRun;
  /** As they are when a run begins. */
  devices(): DryDevices;
}

const MOST_PROCESSES = 2;
const MOST_IN_LINE = 20;
/** From when a process gets the task, its start included. */
const DEADLINE_MS = 30_000;
/** A process stays this long, because the next run is often close behind. */
const IDLE_MS = 30_000;

const TOO_LONG = `The test took longer than ${DEADLINE_MS / 1_000} s and was ended. Take fewer messages or a shorter time, or look for code that does not come to an end.`;
const TOO_LARGE = 'The test took more memory than a test may, and was ended. Take fewer or smaller messages.';
const ENDED = 'The process that ran the test ended before it was through. Run it again.';
const TOO_MANY = 'Too many tests are under way. Wait until they are through, and run it again.';
const CLOSED = 'Sluice is stopping, so the test was not run to its end.';

export function createDryRuns(options: DryRunsOptions): DryRuns {
  return new Pool(options);
}

interface InLine {
  readonly task: DryTask;
  settle(answer: DryAnswer): void;
}

class Pool implements DryRuns {
  readonly #options: DryRunsOptions;
  readonly #workers = new Set<Worker>();
  #line: InLine[] = [];
  #isClosed = false;

  constructor(options: DryRunsOptions) {
    this.#options = options;
  }

  dryRun(request: DryRequest): Promise<DryRun> {
    return this.#run<'dryRun'>({ kind: 'dryRun', request, ...this.#options.devices() });
  }

  async runScenarios(flow: Flow, scenarios: readonly Scenario[]): Promise<readonly ScenarioOutcome[]> {
    if (scenarios.length === 0) return [];
    return this.#run<'scenarios'>({ kind: 'scenarios', flow, scenarios, ...this.#options.devices() });
  }

  close(): void {
    this.#isClosed = true;
    for (const { settle } of this.#line) settle(refusal('runner-away', CLOSED));
    this.#line = [];
    for (const worker of this.#workers) worker.end(refusal('runner-away', CLOSED));
  }

  async #run<Kind extends keyof DryResults>(task: DryTask): Promise<DryResults[Kind]> {
    if (this.#isClosed) throw new SluiceError('runner-away', CLOSED);
    if (this.#line.length >= MOST_IN_LINE) throw new SluiceError('limit-reached', TOO_MANY);
    const answer = await new Promise<DryAnswer>((settle) => {
      this.#line.push({ task, settle });
      this.#next();
    });
    if (!answer.ok) throw new SluiceError(answer.code, answer.sentence);
    // What a process answers to a task is of the type that belongs to its kind.
    return answer.value as DryResults[Kind];
  }

  #next(): void {
    if (this.#line.length === 0 || this.#isClosed) return;
    const worker = this.#free();
    const first = worker === undefined ? undefined : this.#line.shift();
    if (first !== undefined) worker?.run(first);
  }

  #free(): Worker | undefined {
    const idle = [...this.#workers].find(({ isIdle }) => isIdle);
    if (idle !== undefined || this.#workers.size >= MOST_PROCESSES) return idle;
    const worker = new Worker(this.#options, {
      free: () => this.#next(),
      gone: () => {
        this.#workers.delete(worker);
        this.#next();
      },
    });
    this.#workers.add(worker);
    return worker;
  }
}

/** One process and the task it is at. */
class Worker {
  readonly #time: RunnerTime;
  readonly #process: DryProcess;
  readonly #events: { free(): void; gone(): void };
  #at: InLine | undefined;
  #isGone = false;
  #stopClock: () => void = () => undefined;

  constructor({ time, launch }: DryRunsOptions, events: { free(): void; gone(): void }) {
    this.#time = time;
    this.#events = events;
    this.#process = launch({
      answer: (answer) => this.#answered(answer),
      ended: (hasRunOutOfMemory) => this.#gone(refusalOfEnd(hasRunOutOfMemory)),
    });
  }

  get isIdle(): boolean {
    return this.#at === undefined && !this.#isGone;
  }

  run(next: InLine): void {
    this.#stopClock();
    this.#at = next;
    this.#stopClock = this.#time.after(DEADLINE_MS, () => this.end(refusal('limit-reached', TOO_LONG)));
    this.#process.send(next.task);
  }

  end(answer: DryAnswer): void {
    this.#process.kill();
    this.#gone(answer);
  }

  #answered(answer: DryAnswer): void {
    const done = this.#at;
    if (done === undefined) return;
    this.#at = undefined;
    this.#stopClock();
    this.#stopClock = this.#time.after(IDLE_MS, () => this.end(refusal('internal', ENDED)));
    done.settle(answer);
    this.#events.free();
  }

  /** Without waiting for the process to be gone: what it was at has its answer now. */
  #gone(answer: DryAnswer): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#stopClock();
    this.#at?.settle(answer);
    this.#at = undefined;
    this.#events.gone();
  }
}

function refusalOfEnd(hasRunOutOfMemory: boolean): DryAnswer {
  return hasRunOutOfMemory ? refusal('limit-reached', TOO_LARGE) : refusal('internal', ENDED);
}

function refusal(code: Extract<DryAnswer, { ok: false }>['code'], sentence: string): DryAnswer {
  return { ok: false, code, sentence };
}
