/** What has a JSON form. A member that is `undefined` counts as one that is not there, as in JSON itself. */
type Jsonable =
  | null
  | boolean
  | number
  | string
  | readonly Jsonable[]
  | { readonly [key: string]: Jsonable | undefined };

/**
 * JSON in its canonical form (RFC 8785): keys sorted by UTF-16 code units, no white space, numbers as ECMAScript
 * writes them. Two values are the same exactly when their canonical forms are.
 */
export function canonicalJson(value: Jsonable): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.keys(value)
    .toSorted(byCodeUnits)
    .flatMap((key) => {
      const member = value[key];
      return member === undefined ? [] : [`${JSON.stringify(key)}:${canonicalJson(member)}`];
    });
  return `{${members.join(',')}}`;
}

/** `Array.isArray` does not narrow read-only arrays. */
function isArray(value: Jsonable): value is readonly Jsonable[] {
  return Array.isArray(value);
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
