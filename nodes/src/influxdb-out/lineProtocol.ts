/** One point, as it is written to InfluxDB. */
export interface Point {
  readonly measurement: string;
  /** Tags with an empty text are left out: the protocol has no such tags. */
  readonly tags: readonly (readonly [name: string, text: string])[];
  readonly fields: readonly (readonly [name: string, value: number | string | boolean])[];
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/**
 * One line of InfluxDB line protocol v2 ("Line protocol" in the InfluxDB reference, sections "Elements" and "Special
 * characters"). Numbers are written as floats, so that a field has one type whatever the first value was.
 * Throws a sentence for what the protocol cannot hold.
 */
export function lineOf({ measurement, tags, fields, time }: Point): string {
  const head = [
    escaped(measurement, /[, ]/g, 'The measurement'),
    ...tags
      .filter(([, text]) => text !== '')
      .map(([name, text]) => `${key(name)}=${escaped(text, /[,= ]/g, `The tag ${name}`)}`),
  ].join(',');
  const body = fields.map(([name, value]) => `${key(name)}=${valueOf(name, value)}`).join(',');
  return `${head} ${body} ${Math.round(time)}`;
}

function key(name: string): string {
  return escaped(name, /[,= ]/g, `The name ${name}`);
}

function escaped(text: string, special: RegExp, what: string): string {
  if (/[\r\n]/.test(text)) throw new Error(`${what} has a line break, which InfluxDB cannot store there.`);
  // A backslash at the end would take the meaning from the sign that follows.
  if (text.endsWith('\\'))
    throw new Error(`${what} ends with a backslash, which InfluxDB cannot store there.`);
  return text.replaceAll(special, String.raw`\$&`);
}

function valueOf(name: string, value: number | string | boolean): string {
  if (typeof value === 'string') return `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new Error(`The field ${name} is ${value}, which InfluxDB cannot store.`);
  return String(value);
}
