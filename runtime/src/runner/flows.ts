import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { Problem } from '@sluice/shared/flow/problem.ts';
import type { CarriedState } from '@sluice/shared/protocol/running.ts';
import { SluiceError } from '@sluice/shared/errors.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import type { Compiled } from '../engine/compile.ts';
import type { Plan } from '../engine/plan.ts';
import type { RunningFlow, StateView } from '../engine/runningFlow.ts';
import type { RunnerAnswer } from './protocol.ts';

/** How long a flow that is replaced or stopped may take to finish what is under way. */
const DRAIN_MS = 5_000;

export interface FlowsParts {
  compile(flow: Flow): Compiled;
  /** Problems of the user code in a plan that compiled. */
  checkCode(plan: Plan): Promise<readonly Problem[]>;
  start(plan: Plan): Promise<RunningFlow>;
  /** Called after a flow stopped: whatever was opened for it besides is closed. */
  stopped(flow: string): void;
  /** Deletes what is kept for a flow. */
  forget(flow: string): void;
  /** What is kept for a flow that does not run. */
  rest(plan: Plan): StateView;
}

interface Deployed {
  readonly running: RunningFlow;
}

/** The flows of a runner. Changes to one flow go one after the other; different flows do not wait for each other. */
export class Flows {
  readonly #parts: FlowsParts;
  readonly #deployed = new Map<string, Deployed>();
  readonly #lastChange = new Map<string, Promise<unknown>>();
  /** What is under way in these may be cut off. */
  readonly #ending = new Set<string>();

  constructor(parts: FlowsParts) {
    this.#parts = parts;
  }

  /**
   * Runs a flow, in place of the version that runs if there is one (EN12); nodes in `reset` begin anew. When it is not
   * `ok`, the old version runs on.
   */
  deploy(flow: Flow, reset: readonly string[]): Promise<RunnerAnswer> {
    return this.#inTurn(flow.id, async () => {
      const prepared = await this.#prepare(flow);
      if (!prepared.ok) return prepared.answer;
      const before = this.#deployed.get(flow.id);
      try {
        if (before === undefined) await this.#begin(prepared.plan);
        else await this.#goOn(before, prepared.plan, reset);
      } catch (error) {
        return refused(error, before !== undefined);
      }
      return { ok: true, problems: prepared.problems };
    });
  }

  /** What a deploy of this flow would do to the state that is there; nothing where it could not run. */
  carried(running: RunningFlow, next: Flow): readonly CarriedState[] {
    const compiled = this.#parts.compile(next);
    return compiled.ok ? running.carried(compiled.plan) : [];
  }

  /** All problems, those of user code included. `ok` when a deploy would go through. */
  async check(flow: Flow): Promise<RunnerAnswer> {
    const prepared = await this.#prepare(flow);
    return prepared.ok ? { ok: true, problems: prepared.problems } : prepared.answer;
  }

  stop(flow: string, forget: boolean, drainMs = DRAIN_MS): Promise<RunnerAnswer> {
    return this.#inTurn(flow, async () => {
      await this.#end(flow, drainMs);
      if (forget) this.#parts.forget(flow);
      return { ok: true, problems: [] };
    });
  }

  /** Into the version that runs when changes under way are done. */
  inject(
    flow: string,
    node: string,
    port: string | undefined,
    message: Message | undefined,
  ): Promise<RunnerAnswer> {
    return this.ask(flow, (running) => running.inject(node, port, message));
  }

  /** Asks something of the version that runs when changes under way are done. */
  ask(flow: string, question: (running: RunningFlow) => unknown): Promise<RunnerAnswer> {
    return this.#inTurn(flow, () => Promise.resolve(this.#askNow(flow, question)));
  }

  /** Asks what a flow keeps when changes under way are done: of the version that runs, else of what its store holds. */
  askState(flow: Flow, question: (view: StateView) => unknown): Promise<RunnerAnswer> {
    return this.#inTurn(flow.id, async () => {
      const running = this.find(flow.id);
      if (running !== undefined) return answered(() => question(running.stateView));
      const compiled = this.#parts.compile(flow);
      if (!compiled.ok) return invalid(flow, compiled.problems);
      return answered(() => question(this.#parts.rest(compiled.plan)));
    });
  }

  /**
   * Answers when everything that was put in until now is through and committed. Not in turn: it may take long, and
   * nothing else waits for it. A flow that stops before refuses.
   */
  async settled(flow: string): Promise<RunnerAnswer> {
    const running = this.find(flow);
    if (running === undefined) return notRunning(flow);
    await running.settled();
    if (this.find(flow) !== running || this.#ending.has(flow)) return notRunning(flow);
    return { ok: true, problems: [] };
  }

  #askNow(flow: string, question: (running: RunningFlow) => unknown): RunnerAnswer {
    const deployed = this.#deployed.get(flow);
    if (deployed === undefined) return notRunning(flow);
    return answered(() => question(deployed.running));
  }

  running(): Iterable<RunningFlow> {
    return [...this.#deployed.values()].map(({ running }) => running);
  }

  find(flow: string): RunningFlow | undefined {
    return this.#deployed.get(flow)?.running;
  }

  async stopAll(drainMs: number): Promise<void> {
    const ids = new Set([...this.#deployed.keys(), ...this.#lastChange.keys()]);
    await Promise.all([...ids].map((id) => this.#inTurn(id, () => this.#end(id, drainMs))));
  }

  async #prepare(
    flow: Flow,
  ): Promise<
    | { readonly ok: true; readonly plan: Plan; readonly problems: readonly Problem[] }
    | { readonly ok: false; readonly answer: RunnerAnswer }
  > {
    const compiled = this.#parts.compile(flow);
    if (!compiled.ok) return { ok: false, answer: invalid(flow, compiled.problems) };
    const ofCode = await this.#parts.checkCode(compiled.plan);
    const problems = [...compiled.problems, ...ofCode];
    if (ofCode.length > 0) return { ok: false, answer: invalid(flow, problems) };
    return { ok: true, plan: compiled.plan, problems };
  }

  async #begin(plan: Plan): Promise<void> {
    try {
      this.#deployed.set(plan.flow.id, { running: await this.#parts.start(plan) });
    } catch (error) {
      this.#parts.stopped(plan.flow.id);
      throw error;
    }
  }

  async #goOn({ running }: Deployed, plan: Plan, reset: readonly string[]): Promise<void> {
    await running.swap(plan, reset);
    this.#deployed.set(plan.flow.id, { running });
  }

  async #end(flow: string, drainMs = DRAIN_MS): Promise<void> {
    const deployed = this.#deployed.get(flow);
    if (deployed === undefined) return;
    this.#ending.add(flow);
    try {
      await deployed.running.stop(drainMs);
    } finally {
      this.#ending.delete(flow);
    }
    this.#deployed.delete(flow);
    this.#parts.stopped(flow);
  }

  #inTurn<T>(flow: string, change: () => Promise<T>): Promise<T> {
    const before = this.#lastChange.get(flow) ?? Promise.resolve();
    const turn = before.then(change, change);
    this.#lastChange.set(flow, turn);
    const forget = (): void => {
      if (this.#lastChange.get(flow) === turn) this.#lastChange.delete(flow);
    };
    void turn.then(forget, forget);
    return turn;
  }
}

function answered(value: () => unknown): RunnerAnswer {
  try {
    return { ok: true, problems: [], value: value() };
  } catch (error) {
    return refused(error, false);
  }
}

function invalid(flow: Flow, problems: readonly Problem[]): RunnerAnswer {
  const errors = problems.filter((problem) => problem.severity === 'error');
  const more = errors.length > 1 ? ` There are ${errors.length - 1} more problems.` : '';
  const first = errors[0]?.sentence ?? 'It cannot be run.';
  return {
    ok: false,
    code: 'invalid-flow',
    sentence: `The flow “${flow.name}” has a problem: ${first}${more}`,
    problems,
  };
}

function refused(error: unknown, oldOneRuns: boolean): RunnerAnswer {
  const rest = oldOneRuns ? ' The version before runs on.' : '';
  if (error instanceof SluiceError) return failure(error.code, error.message + rest);
  return failure('internal', `${error instanceof Error ? error.message : String(error)}${rest}`);
}

function notRunning(flow: string): RunnerAnswer {
  return failure('not-found', `The flow “${flow}” is not running; deploy it first.`);
}

function failure(code: SluiceError['code'], sentence: string): RunnerAnswer {
  return { ok: false, code, sentence, problems: [] };
}
