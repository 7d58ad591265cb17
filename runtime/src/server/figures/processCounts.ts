import type { Figures } from '@sluice/shared/protocol/running.ts';
import type { LoopDelay, ProcessFigures } from '../../runner/protocol.ts';
import type { ProcessUse } from '../../sandbox/ownUse.ts';
import type { Growth } from './growth.ts';
import { grown, NOTHING_YET, startedAnew, totalOf } from './growth.ts';
import type { Reading } from './readings.ts';
import { perSecond, withReading } from './readings.ts';

type Role = Figures['processes'][number]['role'];

/** One process (or, for the sandbox, all of one after the other) since the server started. */
interface ProcessGrowth {
  readonly cpuMs: Growth;
  readonly memory: number;
  readonly restarts: number;
  readonly readings: readonly Reading[];
}

/** What is known of the processes of a workspace. Immutable, as `FlowGrowth`. */
export interface ProcessCounts {
  readonly roles: ReadonlyMap<Role, ProcessGrowth>;
  /** Of the runner, oldest first: as many as make 10 s. */
  readonly loopDelays: readonly LoopDelay[];
  readonly isDiskInTrouble: boolean;
}

/** Each tells of 5 s. */
const DELAYS_KEPT = 2;

const NO_PROCESS: ProcessGrowth = { cpuMs: NOTHING_YET, memory: 0, restarts: 0, readings: [] };
export const NO_PROCESSES: ProcessCounts = { roles: new Map(), loopDelays: [], isDiskInTrouble: false };

/** Takes in what a process takes at a moment (ms since the epoch). */
export function withUse(
  before: ProcessCounts,
  role: Role,
  { cpuMs, memory }: ProcessUse,
  restarts: number,
  at: number,
): ProcessCounts {
  const process = before.roles.get(role) ?? NO_PROCESS;
  const cpu = grown(process.cpuMs, cpuMs);
  const readings = withReading(process.readings, { at, total: totalOf(cpu) });
  return { ...before, roles: new Map(before.roles).set(role, { cpuMs: cpu, memory, restarts, readings }) };
}

/** Takes in what the runner tells of itself and of its sandbox. */
export function withRunner(
  before: ProcessCounts,
  told: ProcessFigures,
  restarts: number,
  at: number,
): ProcessCounts {
  const { runner, sandbox, loopDelay, isDiskInTrouble } = told;
  const counts = withUse(before, 'runner', runner, restarts, at);
  return {
    ...(sandbox === undefined ? counts : withUse(counts, 'sandbox', sandbox, sandbox.restarts, at)),
    loopDelays: [...before.loopDelays, loopDelay].slice(-DELAYS_KEPT),
    isDiskInTrouble,
  };
}

/** The runner has ended, and with it its sandbox. */
export function withoutRunner(before: ProcessCounts): ProcessCounts {
  const roles = [...before.roles].map(([role, process]): [Role, ProcessGrowth] => [
    role,
    role === 'server' ? process : { ...process, cpuMs: startedAnew(process.cpuMs), memory: 0 },
  ]);
  return { roles: new Map(roles), loopDelays: [], isDiskInTrouble: false };
}

/** As people see it: share of one core over the last 10 s, resident bytes. */
export function shownProcesses({ roles }: ProcessCounts, now: number): Figures['processes'] {
  return [...roles].map(([role, { memory, restarts, readings }]) => ({
    role,
    cpu: perSecond(readings, now) / 1_000,
    memory,
    restarts,
  }));
}

/** Over the last 10 s. The p99 is that of the worse half: it is never better than the true one. */
export function shownDelay({ loopDelays }: ProcessCounts): LoopDelay {
  const all = (name: keyof LoopDelay): number[] => loopDelays.map((delay) => delay[name]);
  const mean = all('mean').reduce((sum, delay) => sum + delay, 0) / Math.max(1, loopDelays.length);
  return { mean, p99: Math.max(0, ...all('p99')), max: Math.max(0, ...all('max')) };
}

/** For Prometheus: processor time in seconds and restarts since the server started, resident bytes. */
export function processTotals({ roles }: ProcessCounts) {
  return [...roles].map(([role, { cpuMs, memory, restarts }]) => ({
    role,
    cpuSeconds: totalOf(cpuMs) / 1_000,
    memory,
    restarts,
  }));
}
