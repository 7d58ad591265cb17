import { formatDuration } from '@sluice/shared/message/duration.ts';
import { cut } from '@sluice/shared/message/format.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import type { WindowConfig } from './schema.ts';
import { keepsValues, windowNode } from './schema.ts';

const WORDS: Record<WindowConfig['calculate'], string> = {
  mean: 'mean',
  min: 'least',
  max: 'greatest',
  sum: 'sum',
  count: 'count',
  median: 'median',
  percentile: 'percentile',
  standardDeviation: 'deviation',
  first: 'first',
  last: 'last',
  slope: 'slope',
};

function sentence(config: WindowConfig): string {
  const words =
    config.calculate === 'percentile' ? `${config.percent} % percentile` : WORDS[config.calculate];
  return `${words} of ${cut(config.value, 24)}, ${windowText(config)}`;
}

function windowText({ kind, by, size, every, gap, count, everyCount }: WindowConfig): string {
  if (kind === 'session') return `until quiet for ${formatDuration(gap)}`;
  if (by === 'count')
    return kind === 'tumbling' ? `every ${count} messages` : `last ${count}, every ${everyCount}`;
  if (kind === 'tumbling') return `every ${formatDuration(size)}`;
  return `last ${formatDuration(size)}, every ${formatDuration(every)}`;
}

const isByTime = ({ by, kind }: WindowConfig) => by === 'time' || kind === 'session';

export const windowForm = defineForm(windowNode, {
  order: [
    'value',
    'calculate',
    'percent',
    'slopePer',
    'kind',
    'by',
    'size',
    'every',
    'gap',
    'count',
    'everyCount',
    'lateness',
    'byDevice',
    'most',
  ],
  advanced: ['lateness', 'byDevice', 'most'],
  showWhen: {
    percent: ({ calculate }) => calculate === 'percentile',
    slopePer: ({ calculate }) => calculate === 'slope',
    by: ({ kind }) => kind !== 'session',
    size: (config) => config.kind !== 'session' && isByTime(config),
    every: (config) => config.kind === 'sliding' && isByTime(config),
    gap: ({ kind }) => kind === 'session',
    count: (config) => !isByTime(config),
    everyCount: (config) => config.kind === 'sliding' && !isByTime(config),
    lateness: isByTime,
    most: keepsValues,
  },
  sentence,
});
