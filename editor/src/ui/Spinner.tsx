export interface SpinnerProps {
  /** What is going on, for those who cannot see it turn. */
  readonly label: string;
  /** In px. */
  readonly size?: number | undefined;
}

/** Turns while something is under way of which nobody knows how long it takes. */
export function Spinner({ label, size = 20 }: SpinnerProps) {
  return (
    <span role="progressbar" aria-label={label} className="inline-flex">
      <svg
        width={size}
        height={size}
        viewBox="0 0 20 20"
        fill="none"
        className="animate-spin"
        aria-hidden="true"
      >
        <circle cx="10" cy="10" r="7.5" stroke="currentColor" strokeOpacity="0.25" strokeWidth="2.5" />
        <path
          d="M17.5 10A7.5 7.5 0 0 0 10 2.5"
          stroke="currentColor"
          strokeWidth="2.5"
          strokeLinecap="round"
        />
      </svg>
    </span>
  );
}
