import { encode } from 'uqr';

/** Light modules around the code, so that a camera finds its border (ISO/IEC 18004, section 6.3.8). */
const QUIET_MODULES = 4;

export interface QrPath {
  /** Width and height, in modules. */
  readonly size: number;
  /** The dark modules as one SVG path: one bar for each run of them in a row. */
  readonly path: string;
}

/** A text as a QR code. */
export function qrPath(text: string): QrPath {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_MODULES });
  return { size, path: data.flatMap((row, y) => barsOf(row).map((bar) => barPath(bar, y))).join('') };
}

interface Bar {
  readonly start: number;
  readonly length: number;
}

function barsOf(row: readonly boolean[]): Bar[] {
  const bars: Bar[] = [];
  row.forEach((isDark, x) => {
    if (!isDark) return;
    const last = bars.at(-1);
    if (last !== undefined && last.start + last.length === x) bars[bars.length - 1] = longer(last);
    else bars.push({ start: x, length: 1 });
  });
  return bars;
}

function longer({ start, length }: Bar): Bar {
  return { start, length: length + 1 };
}

function barPath({ start, length }: Bar, y: number): string {
  return `M${start} ${y}h${length}v1h-${length}z`;
}
