import type { Plan } from '../plan.ts';
import type { RunningFlow } from '../runningFlow.ts';
import type { FlowChanges } from '../shell.ts';
import { TEST_START } from '../testing.ts';
import type { Agenda } from './agenda.ts';
import { createAgenda, turn } from './agenda.ts';
import type { Broker } from './broker.ts';
import { createBroker } from './broker.ts';
import type { Disk } from './disk.ts';
import { createDisk } from './disk.ts';
import type { Engine } from './engine.ts';
import { startEngine } from './engine.ts';
import { hasSameSource, planOf } from './plans.ts';
import type { Random } from './random.ts';
import { createRandom } from './random.ts';
import type { Rig, Tuning, Variant } from './rig.ts';
import { canStart, VARIANTS } from './rig.ts';
import { planReadings } from './readings.ts';
import type { Target } from './target.ts';
import { createTarget, createTargets } from './target.ts';
import type { Trace } from './trace.ts';
import { createTrace } from './trace.ts';
import type { Fault } from './weather.ts';
import { holdUpTimers, planWeather } from './weather.ts';
import { Witness } from './witness.ts';

/** How long a run goes on when all faults are over: everything has to get through, also with a clock an hour off. */
const CALM_MS = 4 * 3_600_000;
/** By then nothing of the faults is in the way of a timer any more. */
const SETTLING_MS = 600_000;
/** More steps than this are a loop that never ends. */
const MOST_STEPS = 100_000;
const DRAIN_MS = 5_000;
export interface WorldOptions {
  readonly seed: number;
  readonly rig: Rig;
  readonly tuning: Tuning;
  readonly faults: ReadonlySet<Fault>;
  readonly readings: number;
  /** How long readings and faults come, ms. */
  readonly stormMs: number;
  /** The first target is away for most of that time. */
  readonly hasLongAbsence: boolean;
  /** The process dies after this step. */
  readonly dieAfterStep?: number;
  /** What the disk makes of what it has to write: an engine that left it out would come to the same. */
  readonly spoil?: (changes: FlowChanges) => FlowChanges;
}

/** An engine and all that is outside of it, on one seed. */
export class World {
  readonly #options: WorldOptions;
  readonly #random: Random;
  readonly #agenda: Agenda;
  readonly #disk: Disk;
  readonly #broker: Broker;
  readonly #target: (name: string) => Target;
  readonly #witness: Witness;
  readonly #crashRate: number;
  #engine: Engine | undefined;
  #lives = 0;
  #variant: Variant = 'plain';
  /** Another version is being swapped in, or the engine is stopping. */
  #changingTo: Variant | undefined;
  #isStorm = true;
  steps = 0;
  readonly trace: Trace;

  constructor(options: WorldOptions) {
    const { seed, rig, tuning } = options;
    this.#options = options;
    this.#random = createRandom(seed, 'world');
    const part = (name: string) => this.#random.fork(name);
    this.#agenda = createAgenda(TEST_START, part('agenda'));
    this.trace = createTrace(() => this.#agenda.elapsed);
    this.#disk = createDisk(this.#agenda, part('disk'), this.trace, (sentence) => this.#broken(sentence));
    if (options.spoil !== undefined) this.#disk.spoil = options.spoil;
    this.#witness = new Witness({ rig, tuning, agenda: this.#agenda, disk: this.#disk });
    this.#broker = createBroker(this.#agenda, part('broker'), this.trace, this.#witness);
    this.#target = createTargets(rig.targets, (name) =>
      createTarget(name, this.#agenda, part(name), this.trace, this.#witness),
    );
    this.#crashRate = options.faults.has('crash') ? this.#random.pick([0.003, 0.01, 0.04]) : 0;
    if (options.faults.has('crash-in-commit'))
      this.#disk.isDeadly = () => this.#isStorm && this.#random.chance(0.05);
    this.#plan();
  }

  /** Gives the first rule that was broken, or nothing. */
  async run(): Promise<string | undefined> {
    const { stormMs } = this.#options;
    this.#start();
    await this.#goOn(stormMs);
    this.#isStorm = false;
    await this.#goOn(stormMs + CALM_MS);
    if (this.#witness.problem !== undefined) return this.#witness.problem;
    return this.#witness.verdict(this.#broker.unacknowledged()) ?? (await this.#end());
  }

  #plan(): void {
    const { faults, stormMs, readings, hasLongAbsence, rig } = this.#options;
    planReadings(readings, stormMs, faults.has('flaws'), {
      agenda: this.#agenda,
      random: this.#random.fork('readings'),
      publish: (reading) => {
        this.#witness.published(reading);
        this.#broker.publish(reading);
      },
    });
    planWeather(
      faults,
      { untilMs: stormMs, hasLongAbsence },
      {
        agenda: this.#agenda,
        random: this.#random.fork('weather'),
        trace: this.trace,
        disk: this.#disk,
        broker: this.#broker,
        targets: rig.targets.map(this.#target),
        clockSet: () => {
          this.#witness.wasClockSet = true;
        },
        restart: () => this.#restart(),
        swap: () => this.#swap(this.#random.pick(VARIANTS)),
        clear: () => this.#clear(this.#random.pick(rig.targets)),
      },
    );
  }

  async #goOn(until: number): Promise<void> {
    for (let next = this.#agenda.next(until); next !== undefined; next = this.#agenda.next(until)) {
      try {
        next.run();
      } catch (error) {
        this.#broken(`[EN7] the engine throws: ${String(error)}`);
      }
      await turn();
      this.steps += 1;
      if (this.steps > MOST_STEPS) this.#broken('[EN5] the engine goes round and round');
      if (this.#witness.problem !== undefined) return;
      this.#look();
    }
  }

  /** After each step: whether the process dies, and whether all timers are on time. */
  #look(): void {
    const engine = this.#engine;
    if (engine === undefined) return;
    const dies = this.#isStorm && this.#crashRate > 0 && this.#random.chance(this.#crashRate);
    if (dies || this.#options.dieAfterStep === this.steps) engine.life.isOver = true;
    if (engine.flow !== undefined) this.#witness.givenUp.look(engine.flow);
    if (engine.life.isOver) this.#bury(engine);
    else engine.timers.look(this.#calmSince(engine), this.#witness.wasClockSet);
  }

  #start(): void {
    this.#lives += 1;
    this.#engine = startEngine(this.#planOf(this.#variant), this.#lives, {
      agenda: this.#agenda,
      disk: this.#disk,
      trace: this.trace,
      broker: this.#broker,
      random: this.#random.fork(`life ${this.#lives}`),
      target: this.#target,
      failed: (message) => this.#witness.failed(message),
      broken: (sentence) => this.#broken(sentence),
      resets: this.#witness.resets,
    });
  }

  /** The process is gone; whether a swap that was under way counts is chance. */
  #bury(engine: Engine): void {
    this.trace.say(`engine dies in its life ${engine.life.number}`);
    const { stormMs } = this.#options;
    if (this.#changingTo !== undefined && canStart(this.#changingTo) && this.#random.chance(0.5)) {
      this.#variant = this.#changingTo;
    }
    this.#changingTo = undefined;
    this.#leave();
    const longestMs = this.#isStorm ? Math.min(3_000, stormMs) : 100;
    this.#agenda.after(this.#random.whole(1, longestMs), 'start', () => this.#start());
  }

  #leave(): void {
    this.#engine = undefined;
    this.#witness.lifeOver(this.#broker.unacknowledged());
  }

  /** Stops the flow as a person does, and starts it again. */
  #restart(): void {
    const engine = this.#engine;
    if (engine?.flow === undefined || this.#changingTo !== undefined) return;
    this.trace.say('engine is stopped');
    this.#changingTo = this.#variant;
    this.#stop(engine, engine.flow, this.#random.pick([0, DRAIN_MS]), () => {
      this.#changingTo = undefined;
      this.#leave();
      this.#start();
    });
  }

  /** Stops a flow; what it leaves behind breaks the rules. */
  #stop({ life, committer }: Engine, flow: RunningFlow, drainMs: number, then: () => void): void {
    const stopped = () => {
      if (life.isOver) return;
      const standing = this.#agenda.standing(life);
      life.isOver = true;
      if (standing > 0) this.#broken(`[EN12] a flow that was stopped has left ${standing} timers behind`);
      then();
    };
    const stop = async () => {
      await flow.stop(drainMs);
      committer.stop();
      // Calls that were given up come to their end first.
      this.#agenda.after(1, 'stopped', stopped);
    };
    void stop();
  }

  #swap(variant: Variant): void {
    const engine = this.#engine;
    if (engine?.flow === undefined || this.#changingTo !== undefined || this.#variant === 'shorter') return;
    if (variant === 'shorter') this.#witness.isShorter = true;
    const reset = this.#random.chance(0.5) ? this.#options.rig.resettable : [];
    this.trace.say(`engine swaps ${this.#variant} for ${variant}, reset: ${reset.join(' ') || 'none'}`);
    this.#witness.resets.begin(reset);
    this.#changingTo = variant;
    const { subscriptions } = this.#broker;
    const { flow, life } = engine;
    const swap = async () => {
      const problem = await problemOf(flow.swap(this.#planOf(variant), reset));
      if (life.isOver) return;
      this.#witness.resets.end(problem === undefined, !this.#disk.isFull);
      this.#changingTo = undefined;
      this.#swapped(variant, problem, this.#broker.subscriptions > subscriptions);
    };
    void swap();
  }

  #clear(target: string): void {
    const { flow, life } = this.#engine ?? {};
    if (flow === undefined || life === undefined || this.#changingTo !== undefined) return;
    this.trace.say(`the outbox of ${target} is emptied`);
    this.#witness.clear(target, flow, life);
  }

  #swapped(variant: Variant, problem: string | undefined, isRestarted: boolean): void {
    this.trace.say(problem === undefined ? 'engine has swapped' : `engine has not swapped: ${problem}`);
    if ((problem === undefined) !== canStart(variant)) {
      this.#broken(`[EN12] the swap to ${variant} ended with: ${problem ?? 'done'}`);
    }
    const isSameSource = hasSameSource(variant, this.#variant);
    if (isSameSource && isRestarted && !this.#options.faults.has('broker-away')) {
      this.#broken('[EN12] a swap that did not change the source has restarted it');
    }
    if (problem === undefined) this.#variant = variant;
  }

  #planOf(variant: Variant): Plan {
    const { rig, tuning } = this.#options;
    return planOf(rig, tuning, variant);
  }

  /** Since when nothing is in the way of timers. */
  #calmSince({ startedAt }: Engine): number {
    const { faults, stormMs, hasLongAbsence, tuning, readings } = this.#options;
    if (this.#changingTo !== undefined) return this.#agenda.elapsed;
    const isSmall = tuning.sink.queue < readings;
    return isSmall || hasLongAbsence || holdUpTimers(faults) ? stormMs + SETTLING_MS : startedAt;
  }

  /** Stops the engine for good: it must come to an end and leave nothing behind. */
  async #end(): Promise<string | undefined> {
    const engine = this.#engine;
    if (engine?.flow === undefined) return '[EN9] the engine does not run at the end';
    let isStopped = false;
    this.#stop(engine, engine.flow, DRAIN_MS, () => {
      isStopped = true;
    });
    await turn();
    await this.#goOn(this.#agenda.elapsed + 2 * DRAIN_MS);
    return this.#witness.problem ?? (isStopped ? undefined : '[EN12] the flow does not come to a stop');
  }

  #broken(sentence: string): void {
    this.trace.say(`BROKEN ${sentence}`);
    this.#witness.broken(sentence);
  }
}

async function problemOf(work: Promise<void>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return String(error);
  }
}
