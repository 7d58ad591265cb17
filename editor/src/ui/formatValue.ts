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
  const digits: Intl.NumberFormatOptions =
    size >= 1000
      ? { maximumFractionDigits: 0 }
      : size >= 100
        ? { maximumFractionDigits: 1 }
        : size >= 1
          ? { maximumFractionDigits: 2 }
          : { maximumSignificantDigits: 3 };
  const text = new Intl.NumberFormat(locale, digits).format(value);
  return text === '-0' ? '0' : text.replace('-', MINUS);
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
