/** The fields of a cron pattern, with their ranges; the one for seconds comes first where there are six. */
const FIELDS = [
  { name: 'second', from: 0, to: 59, names: [] },
  { name: 'minute', from: 0, to: 59, names: [] },
  { name: 'hour', from: 0, to: 23, names: [] },
  { name: 'day of the month', from: 1, to: 31, names: [] },
  {
    name: 'month',
    from: 1,
    to: 12,
    names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  },
  { name: 'day of the week', from: 0, to: 7, names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] },
] as const;

/** What is wrong with a cron pattern of five or six fields, as a sentence; `undefined` for a good one. */
export function cronProblem(pattern: string): string | undefined {
  const parts = pattern.trim().split(/\s+/);
  if (parts.length !== 5 && parts.length !== 6)
    return `The pattern “${pattern}” needs five fields (minute, hour, day, month, day of the week), as in “0 8 * * MON-FRI”.`;
  const fields = parts.length === 6 ? FIELDS : FIELDS.slice(1);
  for (const [index, field] of fields.entries()) {
    const part = parts[index] ?? '';
    if (!part.split(',').every((item) => isItem(item, field)))
      return `In the pattern “${pattern}” the field for the ${field.name} is “${part}”; it takes ${field.from} to ${field.to}, *, lists, ranges and steps such as */5.`;
  }
  return undefined;
}

type Field = (typeof FIELDS)[number];

function isItem(item: string, field: Field): boolean {
  const [range = '', step, ...more] = item.split('/');
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
  if (range === '*') return true;
  if (range === 'L' && field.name === 'day of the month') return true;
  const [first = '', last, ...others] = range.split('-');
  // A step goes over a range: croner takes 5-59/15, not 5/15, which other programs read in different ways.
  if (others.length > 0 || (step !== undefined && last === undefined)) return false;
  const from = valueOf(first, field);
  const to = last === undefined ? from : valueOf(last, field);
  return from !== undefined && to !== undefined && from <= to;
}

function valueOf(text: string, { from, to, names }: Field): number | undefined {
  const named = names.findIndex((name) => name === text.toUpperCase());
  if (named !== -1) return named + from;
  const value = Number(text);
  return /^\d+$/.test(text) && value >= from && value <= to ? value : undefined;
}
