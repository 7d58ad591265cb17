import { formatDuration, toMs } from '@sluice/shared/message/duration.ts';
import { cut } from '@sluice/shared/message/format.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import type { FilterConfig } from './schema.ts';
import { filterNode } from './schema.ts';

function sentence({ value, mode, deadband, heartbeat, minInterval }: FilterConfig): string {
  const field = cut(value, 24);
  const change =
    mode === 'any' ? `changes of ${field}` : `${field} by ${deadband}${mode === 'percent' ? ' %' : ''}`;
  const latest = toMs(heartbeat) > 0 ? `, at least every ${formatDuration(heartbeat)}` : '';
  const earliest = toMs(minInterval) > 0 ? `, at most every ${formatDuration(minInterval)}` : '';
  return change + (latest === '' ? earliest : latest);
}

export const filterForm = defineForm(filterNode, {
  order: ['value', 'mode', 'deadband', 'heartbeat', 'minInterval'],
  showWhen: { deadband: ({ mode }) => mode !== 'any' },
  sentence,
});
