import { classes } from './classes.ts';

export type Status = 'good' | 'busy' | 'idle' | 'notice' | 'caution' | 'major' | 'danger';

export interface StatusDotProps {
  readonly status: Status;
  /** The word beside the shape: `running`, `failed`. */
  readonly word: string;
  /** The word is for screen readers only, where it stands beside the shape anyway. */
  readonly isWordHidden?: boolean | undefined;
}

const COLOURS: Record<Status, string> = {
  good: 'text-good',
  busy: 'text-notice',
  idle: 'text-idle',
  notice: 'text-notice',
  caution: 'text-caution',
  major: 'text-major',
  danger: 'text-danger',
};

/** A state as shape, word and colour, so that none of the three is needed alone. */
export function StatusDot({ status, word, isWordHidden = false }: StatusDotProps) {
  return (
    <span className={classes('inline-flex items-baseline gap-[0.45em] whitespace-nowrap', COLOURS[status])}>
      <svg viewBox="0 0 12 12" aria-hidden="true" className="size-[0.88em] shrink-0 self-center">
        <Shape status={status} />
      </svg>
      <span className={isWordHidden ? 'sr-only' : 'font-medium'}>{word}</span>
    </span>
  );
}

function Shape({ status }: { readonly status: Status }) {
  switch (status) {
    case 'good':
      return <circle cx="6" cy="6" r="4" fill="currentColor" />;
    case 'busy':
      return (
        <path
          d="M6 2a4 4 0 1 1-4 4"
          fill="none"
          stroke="currentColor"
          strokeWidth="2"
          strokeLinecap="round"
        />
      );
    case 'idle':
      return <circle cx="6" cy="6" r="3.5" fill="none" stroke="currentColor" strokeWidth="1.5" />;
    case 'notice':
      return <rect x="2.5" y="2.5" width="7" height="7" rx="1" fill="currentColor" />;
    case 'caution':
      return <path d="M6 1.5 11 10.5H1Z" fill="currentColor" />;
    case 'major':
      return <path d="M6 .8 11.2 6 6 11.2.8 6Z" fill="currentColor" />;
    case 'danger':
      return <path d="M3.7.8h4.6l2.9 2.9v4.6l-2.9 2.9H3.7L.8 8.3V3.7Z" fill="currentColor" />;
  }
}
