import { historyPoints } from './figuresHistory.ts';

const WIDTH = 72;
const HEIGHT = 18;

/** The last five minutes of a figure as a small line; the figure itself stands beside it in words. */
export function Sparkline({ values }: { readonly values: readonly number[] | undefined }) {
  return (
    <svg
      viewBox={`0 -1 ${WIDTH} ${HEIGHT + 2}`}
      width={WIDTH}
      height={HEIGHT + 2}
      aria-hidden="true"
      className="shrink-0 text-ink-faint"
    >
      <line x1="0" y1={HEIGHT} x2={WIDTH} y2={HEIGHT} className="stroke-line" />
      <polyline
        points={historyPoints(values ?? [], WIDTH, HEIGHT)}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinejoin="round"
      />
    </svg>
  );
}
