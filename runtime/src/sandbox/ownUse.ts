/** What a process takes: processor time since it started, ms, and resident bytes. */
export interface ProcessUse {
  readonly cpuMs: number;
  readonly memory: number;
}

const US_IN_MS = 1_000;

/** What this process takes. */
export function ownUse(): ProcessUse {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / US_IN_MS, memory: process.memoryUsage.rss() };
}
