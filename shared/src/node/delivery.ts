import { toMs } from '../message/duration.ts';
import type { OutboxPolicy } from './defineNode.ts';
import { choice, duration, number } from './field.ts';

const MB = 1_000_000;

/** Settings that every sink has: what becomes of messages while its target is away (EN8). Spread into its `config`. */
export const deliveryFields = {
  keepFor: duration({
    title: 'Keep for',
    description:
      'While the target is away messages wait on disk, for at most this long; then they count as failed.',
  }).default('7d'),
  keepMb: number({
    title: 'Keep at most',
    description: 'How much may wait on disk while the target is away.',
    unit: 'MB',
    min: 1,
    max: 100_000,
  }).default(100),
  whenFull: choice({
    title: 'When that is full',
    description: 'What gives way when more comes than may wait.',
    values: ['stop', 'drop-oldest'],
    labels: { stop: 'Take in no more', 'drop-oldest': 'Drop the oldest' },
  }).default('stop'),
  perSecond: number({
    title: 'Send on at most',
    description: 'How many of the messages that waited are sent each second when the target is back.',
    unit: 'a second',
    min: 1,
    max: 1_000_000,
    whole: true,
  }).default(1_000),
};

/** Names of the fields above, for the folded part of a sink's form. */
export const DELIVERY_FIELDS = ['keepFor', 'keepMb', 'whenFull', 'perSecond'] as const;

export interface Delivery {
  readonly keepFor: string;
  readonly keepMb: number;
  readonly whenFull: 'stop' | 'drop-oldest';
  readonly perSecond: number;
}

/** The outbox that the settings of a sink ask for. */
export function outboxOf({ keepFor, keepMb, whenFull, perSecond }: Delivery): OutboxPolicy {
  return { keepMs: toMs(keepFor), maxBytes: keepMb * MB, whenFull, perSecond };
}

/** For nodes without such settings, as `alarm`: a week, 100 MB, then no more is taken in. */
export const PLAIN_OUTBOX: OutboxPolicy = {
  keepMs: 7 * 24 * 3_600_000,
  maxBytes: 100 * MB,
  whenFull: 'stop',
  perSecond: 1_000,
};
