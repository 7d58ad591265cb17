import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { Problem } from '@sluice/shared/flow/problem.ts';
import { SluiceError } from '@sluice/shared/errors.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import type { Compiled } from '../engine/compile.ts';
import type { Plan } from '../engine/plan.ts';
import type { RunningFlow } from '../engine/runningFlow.ts';
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
}

interface Deployed {
  readonly plan: Plan;
  readonly running: RunningFlow;
}

/** The flows of a runner. Changes to one flow go one after the other; different flows do not wait for each other. */
export class Flows {
  readonly #parts: FlowsParts;
  readonly #deployed = new Map<string, Deployed>();
  readonly #lastChange = new Map<string, Promise<unknown>>();

  constructor(parts: FlowsParts) {
    this.#parts = parts;
  }

  /** Runs a flow in place of the version that runs. When it is not `ok`, the old version runs on. */
  deploy(flow: Flow): Promise<RunnerAnswer> {
    return this.#inTurn(flow.id, async () => {
      const prepared = await this.#prepare(flow);
      if (!prepared.ok) return prepared.answer;
      const before = this.#deployed.get(flow.id);
      await this.#end(flow.id);
      try {
        await this.#begin(prepared.plan);
      } catch (error) {
        if (before !== undefined) await this.#begin(before.plan);
        return refused(error, before !== undefined);
      }
      return { ok: true, problems: prepared.problems };
    });
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
    return this.#inTurn(flow, () => Promise.resolve(this.#injectNow(flow, node, port, message)));
  }

  #injectNow(
    flow: string,
    node: string,
    port: string | undefined,
    message: Message | undefined,
  ): RunnerAnswer {
    const deployed = this.#deployed.get(flow);
    if (deployed === undefined)
      return failure('not-found', `The flow “${flow}” is not running; deploy it first.`);
    try {
      deployed.running.inject(node, port, message);
      return { ok: true, problems: [] };
    } catch (error) {
      return refused(error, false);
    }
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
      this.#deployed.set(plan.flow.id, { plan, running: await this.#parts.start(plan) });
    } catch (error) {
      this.#parts.stopped(plan.flow.id);
      throw error;
    }
  }

  async #end(flow: string, drainMs = DRAIN_MS): Promise<void> {
    const deployed = this.#deployed.get(flow);
    if (deployed === undefined) return;
    await deployed.running.stop(drainMs);
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

function failure(code: SluiceError['code'], sentence: string): RunnerAnswer {
  return { ok: false, code, sentence, problems: [] };
}
