import type { Figures } from '@sluice/shared/protocol/running.ts';
import { formatNumber } from '../ui/formatValue.ts';

/** A share of one processor core as a percentage: `0 %`, `< 0.1 %`, `0.4 %`, `37 %`, `140 %`. */
export function formatCore(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  return `${formatNumber(percent >= 10 ? Math.round(percent) : Math.round(percent * 10) / 10)} %`;
}

/** A rate in messages a second: `0 /s`, `0.3 /s`, `2,500 /s`. */
export function formatPerSecond(rate: number): string {
  return `${formatNumber(rate >= 10 ? Math.round(rate) : Math.round(rate * 10) / 10)} /s`;
}

/** How long something took or waits, with the unit that reads well: `0.4 ms`, `35 ms`, `2.5 s`, `3 min`. */
export function formatTook(ms: number): string {
  if (ms < 1_000) return `${formatNumber(ms >= 10 ? Math.round(ms) : Math.round(ms * 10) / 10)} ms`;
  if (ms < 60_000) return `${formatNumber(Math.round(ms / 100) / 10)} s`;
  return `${formatNumber(Math.round(ms / 60_000))} min`;
}

export const ROLE_WORDS: Record<
  Figures['processes'][number]['role'],
  { readonly title: string; readonly about: string }
> = {
  server: { title: 'Server', about: 'This page, the API and the built-in broker' },
  runner: { title: 'Runner', about: 'Runs the flows' },
  sandbox: { title: 'Sandbox', about: 'Runs the code that people write in flows' },
};
