import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Stop } from '@sluice/shared/node/context.ts';
import { ownUse } from '../sandbox/ownUse.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { LoopDelay, ProcessFigures } from './protocol.ts';
import type { RunnerTime } from './time.ts';
import { every } from './time.ts';

/** How often a process tells what it takes. */
export const FIGURES_EVERY_MS = 5_000;
const RESOLUTION_MS = 20;
const NS_IN_MS = 1_000_000;

export interface LoopWatch {
  /** The delay since the last call, or since the start. */
  take(): LoopDelay;
  stop(): void;
}

/** Watches how late the event loop of this process comes to what is due. */
export function watchLoop(): LoopWatch {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return {
    take() {
      const delay = delayOf(histogram);
      histogram.reset();
      return delay;
    },
    stop: () => void histogram.disable(),
  };
}

/** Node's histogram holds the time between two looks, so what is beyond the wanted time is the delay. */
function delayOf(histogram: ReturnType<typeof monitorEventLoopDelay>): LoopDelay {
  if (histogram.count === 0) return { mean: 0, p99: 0, max: 0 };
  const late = (ns: number): number => Math.max(0, ns / NS_IN_MS - RESOLUTION_MS);
  return { mean: late(histogram.mean), p99: late(histogram.percentile(99)), max: late(histogram.max) };
}

export interface TellOptions {
  readonly time: RunnerTime;
  readonly sandbox: Pick<Sandbox, 'stats' | 'askUse'>;
  isDiskInTrouble(): boolean;
  tell(figures: ProcessFigures): void;
}

/** Tells every 5 s what this process and the sandbox take. Gives back its stop. */
export function tellProcesses({ time, sandbox, isDiskInTrouble, tell }: TellOptions): Stop {
  const loop = watchLoop();
  const stop = every(time, FIGURES_EVERY_MS, () => {
    const { cpuMs, residentBytes, kills } = sandbox.stats();
    const wasNeeded = cpuMs > 0 || residentBytes > 0;
    tell({
      runner: ownUse(),
      sandbox: wasNeeded ? { cpuMs, memory: residentBytes, restarts: kills } : undefined,
      loopDelay: loop.take(),
      isDiskInTrouble: isDiskInTrouble(),
    });
    // The answer is there for the next time.
    sandbox.askUse();
  });
  return () => {
    stop();
    loop.stop();
  };
}
