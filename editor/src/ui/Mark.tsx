/** The sign of Sluice: a gate in a stream. */
export function Mark({ size }: { readonly size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className="shrink-0">
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <g fill="none" strokeWidth="2.4" strokeLinecap="round" className="stroke-accent-ink">
        <path d="M7 12.5c3 0 3-2.5 6-2.5s3 2.5 6 2.5 3-2.5 6-2.5M7 22c3 0 3-2.5 6-2.5s3 2.5 6 2.5 3-2.5 6-2.5" />
        <path d="M16 6v20" />
      </g>
    </svg>
  );
}
