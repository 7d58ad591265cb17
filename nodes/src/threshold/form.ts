import { formatDuration, toMs } from '@sluice/shared/message/duration.ts';
import { formatValue } from '@sluice/shared/message/format.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import type { ThresholdConfig } from './schema.ts';
import { isBand, thresholdNode } from './schema.ts';

const WORDS: Record<ThresholdConfig['operator'], string> = {
  '>': 'above',
  '>=': 'at or above',
  '<': 'below',
  '<=': 'at or below',
  inside: 'inside',
  outside: 'outside',
  '==': 'equal to',
  '!=': 'not equal to',
};

function sentence(config: ThresholdConfig): string {
  const limits = isBand(config)
    ? `${formatValue(config.limit)} … ${formatValue(config.upperLimit ?? null)}`
    : formatValue(config.limit);
  const unit = config.unit === '' ? '' : ` ${config.unit}`;
  return `${WORDS[config.operator]} ${limits}${unit}${holdText(config)}`;
}

function holdText({ mode, raiseAfter, repeat }: ThresholdConfig): string {
  if (mode === 'each') return '';
  const times = repeat > 1 ? `, ${repeat} in a row` : '';
  return toMs(raiseAfter) > 0 ? ` for ${formatDuration(raiseAfter)}${times}` : times;
}

export const thresholdForm = defineForm(thresholdNode, {
  order: [
    'value',
    'operator',
    'limit',
    'upperLimit',
    'unit',
    'mode',
    'raiseAfter',
    'clearAfter',
    'hysteresis',
    'repeat',
  ],
  advanced: ['repeat'],
  showWhen: {
    upperLimit: isBand,
    raiseAfter: ({ mode }) => mode === 'change',
    clearAfter: ({ mode }) => mode === 'change',
    hysteresis: ({ mode, operator }) => mode === 'change' && operator !== '==' && operator !== '!=',
    repeat: ({ mode }) => mode === 'change',
  },
  sentence,
});
