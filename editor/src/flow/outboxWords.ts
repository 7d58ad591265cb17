import type { Outbox } from '@sluice/shared/protocol/running.ts';
import { formatSpan } from '../ui/formatTime.ts';

const STATES: Record<Outbox['state'], string> = { away: 'Away', full: 'Full', sending: 'Sending' };

/** What waits for a target, for the foot of a node: `Away · 312 wait · 3 min`; `undefined` where nothing does. */
export function outboxFoot({ state, waiting, oldestAt }: Outbox, now: number): string | undefined {
  if (waiting === 0 && state !== 'full') return undefined;
  const parts = [STATES[state], waiting === 1 ? '1 waits' : `${waiting.toLocaleString('en')} wait`];
  if (oldestAt !== undefined) parts.push(formatSpan(Math.max(0, now - oldestAt)));
  return parts.join(' · ');
}

/** Bytes in the unit that reads well, as powers of ten: `0 B`, `4.2 kB`, `64 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'] as const;
  const step = Math.min(Math.max(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 0), units.length - 1);
  const value = bytes / 1_000 ** step;
  return `${value < 10 && step > 0 ? value.toFixed(1) : Math.round(value)} ${units[step]}`;
}
