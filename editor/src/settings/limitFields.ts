import { type Limits, limitsSchema } from '@sluice/shared/protocol/running.ts';

/** One limit as the form shows it. */
export interface LimitField {
  readonly name: keyof Limits;
  readonly label: string;
  readonly description: string;
  readonly unit?: string;
  /** How many of what is stored one of what is shown is. */
  readonly scale: number;
}

export const LIMIT_FIELDS: readonly LimitField[] = [
  {
    name: 'flows',
    label: 'Flows',
    description: 'How many flows there may be, and how many may run.',
    scale: 1,
  },
  {
    name: 'nodesPerFlow',
    label: 'Nodes of one flow',
    description: 'A larger one cannot be deployed.',
    scale: 1,
  },
  {
    name: 'storageBytes',
    label: 'Storage',
    description:
      'What state, timers and waiting messages of all flows may take on disk. Above it an alarm is raised and nothing is deployed; flows that run go on.',
    unit: 'MB',
    scale: 1_000_000,
  },
  {
    name: 'deadLettersPerFlow',
    label: 'Failed messages kept',
    description: 'Of each flow; the oldest make room for new ones.',
    scale: 1,
  },
  {
    name: 'deadLettersAMinute',
    label: 'Failed messages a minute',
    description: 'When more messages of one flow fail in a minute, an alarm is raised.',
    scale: 1,
  },
  {
    name: 'devices',
    label: 'Devices',
    description: 'More than these are not registered; what they send still reaches the flows.',
    scale: 1,
  },
  {
    name: 'messagesASecond',
    label: 'Messages a second',
    description:
      'What all flows together take in, counted for each flow that takes a message. Beyond it devices and callers wait, and an alarm is raised.',
    scale: 1,
  },
];

/** The number in the box. */
export function shownLimit(limits: Limits, { name, scale }: LimitField): number {
  return limits[name] / scale;
}

/** The limits with another number in the box; NaN when it was emptied. */
export function withLimit(limits: Limits, { name, scale }: LimitField, shown: number): Limits {
  return { ...limits, [name]: Math.round(shown * scale) };
}

/** What is wrong, by field, as sentences. */
export function limitProblems(limits: Limits): ReadonlyMap<keyof Limits, string> {
  const problems = new Map<keyof Limits, string>();
  for (const { name, label, unit, scale } of LIMIT_FIELDS) {
    const schema = limitsSchema.shape[name];
    if (schema.safeParse(limits[name]).success) continue;
    const ends = [schema.minValue, schema.maxValue]
      .map((end) => (end ?? 0) / scale)
      .map((end) => `${end.toLocaleString('en')}${unit === undefined ? '' : ` ${unit}`}`);
    const range = name === 'storageBytes' ? `at least ${ends[0]}` : `between ${ends[0]} and ${ends[1]}`;
    problems.set(name, `${label}: a whole number, ${range}.`);
  }
  return problems;
}
