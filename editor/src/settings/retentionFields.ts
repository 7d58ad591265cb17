import { type Retention, retentionSchema } from '@sluice/shared/protocol/audit.ts';

/** One of the times that things are kept. */
interface RetentionField {
  readonly name: keyof Retention;
  readonly label: string;
  readonly description: string;
  /** What goes, within a sentence. */
  readonly what: string;
}

export const RETENTION_FIELDS: readonly RetentionField[] = [
  {
    name: 'auditDays',
    label: 'Audit log',
    description: 'Who did what and when. Export it first where your rules ask for longer.',
    what: 'entries of the audit log',
  },
  {
    name: 'deadLetterDays',
    label: 'Failed messages',
    description: 'With what went wrong with them. One that is deleted cannot be sent again.',
    what: 'failed messages',
  },
  {
    name: 'traceDays',
    label: 'Traces',
    description: 'The ways of single messages that somebody asked to see.',
    what: 'traces',
  },
];

/** What is wrong, by field, as sentences. */
export function retentionProblems(retention: Retention): ReadonlyMap<keyof Retention, string> {
  const problems = new Map<keyof Retention, string>();
  for (const { name, label } of RETENTION_FIELDS) {
    const schema = retentionSchema.shape[name];
    if (schema.safeParse(retention[name]).success) continue;
    const [least, most] = [schema.minValue, schema.maxValue].map((end) => (end ?? 0).toLocaleString('en'));
    problems.set(name, `${label}: whole days, between ${least} and ${most}.`);
  }
  return problems;
}

/** What is deleted at once when these times take the place of those before, as sentences; empty where nothing is. */
export function deletedBy(before: Retention, next: Retention): readonly string[] {
  return RETENTION_FIELDS.filter(({ name }) => next[name] < before[name]).map(
    ({ name, what }) =>
      `All ${what} that are older than ${next[name] === 1 ? '1 day' : `${next[name].toLocaleString('en')} days`}.`,
  );
}
