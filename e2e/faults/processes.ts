import { readdirSync, readFileSync } from 'node:fs';
import { until } from './time.ts';

// The processes of the product, as an operator finds them under /proc (Linux).

/** The parts of the product that can be killed by themselves, by what their command line holds. */
const PROGRAMS = { runner: 'runner/main.ts', sandbox: 'sandbox/guest.ts' } as const;

/** Every living process of the tree with its program, the first one included. */
function familyOf(pid: number): number[] {
  const found = [pid];
  for (const parent of found) found.push(...childrenOf(parent));
  return found;
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    // It has ended between two looks.
    return [];
  }
}

function readProcess(pid: number, file: 'cmdline' | 'status' | 'stat'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** The process of that program under `pid` that has worked most, `undefined` where there is none. */
function findProcess(pid: number, program: keyof typeof PROGRAMS): number | undefined {
  const found = familyOf(pid).filter((one) => readProcess(one, 'cmdline').includes(PROGRAMS[program]));
  return found.toSorted((a, b) => ticksOf(b) - ticksOf(a))[0];
}

function ticksOf(pid: number): number {
  const stat = readProcess(pid, 'stat');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}

function isAlive(pid: number): boolean {
  const status = readProcess(pid, 'status');
  return status !== '' && !/^State:\s+Z/m.test(status);
}

/** kill -9 of that program under `pid`, and waits for its end. */
export async function killProgram(pid: number, program: keyof typeof PROGRAMS): Promise<void> {
  const victim = findProcess(pid, program);
  if (victim === undefined) throw new Error(`There is no ${program} process to kill.`);
  await killProcess(victim);
}

/** Stops that program under `pid` where it stands: it is there, and reads and answers nothing any more. */
export function freezeProgram(pid: number, program: keyof typeof PROGRAMS): void {
  const victim = findProcess(pid, program);
  if (victim === undefined) throw new Error(`There is no ${program} process to stop.`);
  process.kill(victim, 'SIGSTOP');
}

/** kill -9 of the whole tree, the first process last, so that it starts none anew. */
export async function killTree(pid: number): Promise<void> {
  const family = familyOf(pid);
  // Stopped first: it must not react to the end of the others.
  process.kill(pid, 'SIGSTOP');
  for (const one of family.toReversed()) await killProcess(one);
}

async function killProcess(pid: number): Promise<void> {
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  await until(`the end of process ${pid}`, 10_000, () => !isAlive(pid));
}

/** Resident memory of the whole tree, MB. */
export function residentMb(pid: number): number {
  return familyOf(pid).reduce(
    (sum, one) => sum + Number(/^VmRSS:\s+(\d+)/m.exec(readProcess(one, 'status'))?.[1] ?? 0) / 1_024,
    0,
  );
}
