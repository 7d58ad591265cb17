import type { ThresholdConfig } from './schema.ts';

type Operator = ThresholdConfig['operator'];

/** Whether a value is beyond the limit (or the band from `lower` to `upper`, both ends included). */
export type Beyond = (value: number, lower: number, upper: number) => boolean;

/** Which values raise. */
export const BEYOND: Record<Operator, Beyond> = {
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  inside: (value, lower, upper) => value >= lower && value <= upper,
  outside: (value, lower, upper) => value < lower || value > upper,
  '==': (value, limit) => value === limit,
  '!=': (value, limit) => value !== limit,
};

/**
 * Which values still count as beyond once it was raised: the limit moved by the dead-band (ISA-18.2, 4.3: an alarm
 * dead-band is the change from the limit that is needed to clear).
 */
export function staysBeyond(operator: Operator, deadband: number): Beyond {
  const beyond = BEYOND[operator];
  switch (operator) {
    case '>':
    case '>=':
      return (value, limit, upper) => beyond(value, limit - deadband, upper);
    case '<':
    case '<=':
      return (value, limit, upper) => beyond(value, limit + deadband, upper);
    case 'inside':
      return (value, lower, upper) => beyond(value, lower - deadband, upper + deadband);
    case 'outside':
      return (value, lower, upper) => beyond(value, lower + deadband, upper - deadband);
    case '==':
    case '!=':
      return beyond;
  }
}
