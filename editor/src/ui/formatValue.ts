const MINUS = '−';
const RAISED: Readonly<Record<string, string>> = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
};

/**
 * A number with the digits that make sense to read: whole from 1000 on (in groups), one decimal from 100, two from 1,
 * three significant ones below, and powers of ten where it is too small or too large to write out. NaN is `not a number`.
 */
export function formatNumber(value: number, locale?: string): string {
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${MINUS}∞`;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e12)) return powerOfTen(value);
  const precision =
    size >= 1000 ? 'whole' : size >= 100 ? 'tenths' : size >= 1 ? 'hundredths' : 'significant';
  const text = formatter(precision, locale).format(value);
  return text === '-0' ? '0' : text.replace('-', MINUS);
}

const DIGITS = {
  whole: { maximumFractionDigits: 0 },
  tenths: { maximumFractionDigits: 1 },
  hundredths: { maximumFractionDigits: 2 },
  significant: { maximumSignificantDigits: 3 },
} as const satisfies Record<string, Intl.NumberFormatOptions>;

const formatters = new Map<string, Intl.NumberFormat>();

/** Making one takes far longer than using it, and live values are written many times a second: each is made once. */
function formatter(precision: keyof typeof DIGITS, locale: string | undefined): Intl.NumberFormat {
  const key = `${precision} ${locale ?? ''}`;
  const made = formatters.get(key) ?? new Intl.NumberFormat(locale, DIGITS[precision]);
  formatters.set(key, made);
  return made;
}

function powerOfTen(value: number): string {
  const [mantissa = '', exponent = ''] = value.toExponential(2).split('e');
  return `${mantissa.replace('-', MINUS)} × 10${raised(exponent)}`;
}

/** An exponent such as `-5` or `+15` in raised figures. */
function raised(exponent: string): string {
  return exponent.replace('+', '').replaceAll(/[-\d]/g, (sign) => RAISED[sign] ?? sign);
}

export type PlainValue = number | string | boolean | null;

/** A single value as text, without its unit: `true` and `false` as `yes` and `no`, nothing as `none`. */
export function formatPlain(value: PlainValue, locale?: string): string {
  if (value === null) return 'none';
  if (typeof value === 'number') return formatNumber(value, locale);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value === '' ? 'empty' : value;
}

/** Messages a minute as a rate that reads well: `0 /min`, `2.6 /min`, `60 /min`, `2.5 /s`. It is counted, so tenths end at 10. */
export function formatRate(perMinute: number, locale?: string): string {
  if (perMinute >= 120) return `${formatNumber(tenths(perMinute / 60), locale)} /s`;
  return `${formatNumber(tenths(perMinute), locale)} /min`;
}

function tenths(rate: number): number {
  return rate >= 10 ? Math.round(rate) : Math.round(rate * 10) / 10;
}

/** `1 device`, `8 devices`, `1,200 devices`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
