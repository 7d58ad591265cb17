import { readdirSync, readFileSync } from 'node:fs';
import type { Memory } from './load.ts';

// CPU time and memory of a process with all that descend from it, from /proc (Linux only).

/** USER_HZ: ticks a second in /proc, 100 on every Linux. */
const TICKS = 100;

function familyOf(pid: number): number[] {
  const found = [pid];
  for (const parent of found) {
    for (const child of childrenOf(parent)) found.push(child);
  }
  return found;
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

/** Seconds of CPU that the process, its living descendants and the children it waited for have taken. */
export function cpuSeconds(pid: number): number {
  return familyOf(pid).reduce((sum, one) => sum + ownCpuSeconds(one), 0);
}

function ownCpuSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return ((fields[11] ?? 0) + (fields[12] ?? 0) + (fields[13] ?? 0) + (fields[14] ?? 0)) / TICKS;
  } catch {
    return 0;
  }
}

/** Resident memory in MB of the process and all that descend from it. Shared pages count in each. */
export function residentMb(pid: number): { readonly total: number; readonly processes: number } {
  const sizes = familyOf(pid).map(ownResidentMb);
  return { total: sizes.reduce((sum, size) => sum + size, 0), processes: sizes.length };
}

/**
 * Memory of the process and all that descend from it. The physical one is the sum of their proportional set sizes
 * (smaps_rollup in proc(5)): right where no other process runs the same binary, as each sharer is charged its part.
 */
export function memoryOf(pid: number): Memory {
  const physical = familyOf(pid).map((one) => megabytesIn(`/proc/${one}/smaps_rollup`, 'Pss'));
  return { physical: physical.reduce((sum, size) => sum + size, 0), resident: residentMb(pid).total };
}

function ownResidentMb(pid: number): number {
  return megabytesIn(`/proc/${pid}/status`, 'VmRSS');
}

function megabytesIn(file: string, field: string): number {
  try {
    const found = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'utf8'));
    return Number(found?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
