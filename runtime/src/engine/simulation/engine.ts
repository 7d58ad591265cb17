import type { Committer } from '../commit.ts';
import { createCommitter } from '../commit.ts';
import type { Plan } from '../plan.ts';
import type { RunningFlow } from '../runningFlow.ts';
import type { Notice } from '../shell.ts';
import { startFlow } from '../startFlow.ts';
import { createTestShell } from '../testing.ts';
import type { Agenda, Life } from './agenda.ts';
import type { Disk } from './disk.ts';
import type { Outside } from './nodes.ts';
import { createNodeImplementations } from './nodes.ts';
import type { TimerWatch } from './timerWatch.ts';
import { createTimerWatch } from './timerWatch.ts';
import type { Trace } from './trace.ts';

/** One life of the process that runs the flow. Its end is `life.isOver`; nothing else has to be done for it. */
export interface Engine {
  readonly life: Life;
  readonly timers: TimerWatch;
  readonly committer: Committer;
  /** When it began, ms since the beginning of the run. */
  readonly startedAt: number;
  /** There once it has started. */
  readonly flow: RunningFlow | undefined;
}

export interface EngineParts extends Omit<Outside, 'life' | 'timers'> {
  readonly agenda: Agenda;
  readonly disk: Disk;
  readonly trace: Trace;
  readonly broken: (sentence: string) => void;
}

/** Starts the process anew from what the disk has. A start that fails breaks the rules. */
export function startEngine(plan: Plan, number: number, parts: EngineParts): Engine {
  const { agenda, disk, trace, random } = parts;
  const life: Life = { number, isOver: false };
  const broken = (sentence: string) => {
    if (!life.isOver) parts.broken(sentence);
  };
  const timers = createTimerWatch(agenda, disk.timers(), broken);
  const scheduler = agenda.schedulerOf(life);
  let ids = 0;
  const shell = createTestShell({
    implementations: createNodeImplementations({ ...parts, life, timers }),
    store: disk.storeFor(life),
    clock: agenda.clock,
    scheduler,
    newId: () => `${number}-${(ids += 1)}`,
    random: () => random.next(),
    elapsed: () => agenda.elapsed,
    notice: (notice) => {
      if (!life.isOver) trace.say(wordsOf(notice));
    },
  });
  const committer = createCommitter(shell.store, scheduler);
  const engine: { -readonly [Key in keyof Engine]: Engine[Key] } = {
    life,
    timers,
    committer,
    startedAt: agenda.elapsed,
    flow: undefined,
  };
  trace.say(`engine starts its life ${number}`);
  const run = async () => {
    try {
      const flow = await startFlow(plan, shell, committer);
      if (life.isOver) return;
      engine.flow = flow;
      trace.say('engine runs');
    } catch (error) {
      broken(`[EN9] the engine does not start: ${String(error)}`);
    }
  };
  void run();
  return engine;
}

function wordsOf(notice: Notice): string {
  switch (notice.kind) {
    case 'flow':
      return `flow is ${notice.state}: ${notice.sentence}`;
    case 'error':
      return `error at ${notice.node}: ${notice.sentence}`;
    case 'status':
      return `status of ${notice.node}: ${notice.status.text}`;
    case 'log':
      return `log of ${notice.node}: ${notice.text}`;
    case 'debug':
      return `debug of ${notice.node}`;
  }
}
