import type { ReactNode } from 'react';
import { classes } from './classes.ts';

export type Tone = 'neutral' | 'accent' | 'danger' | 'major' | 'caution' | 'notice' | 'good';

export const TONES: Record<Tone, string> = {
  neutral: 'bg-idle-soft text-ink-soft',
  accent: 'bg-accent-soft text-accent-text',
  danger: 'bg-danger-soft text-danger',
  major: 'bg-major-soft text-major',
  caution: 'bg-caution-soft text-caution',
  notice: 'bg-notice-soft text-notice',
  good: 'bg-good-soft text-good',
};

export interface BadgeProps {
  readonly children: ReactNode;
  readonly tone?: Tone | undefined;
  readonly icon?: ReactNode;
}

/** One or two words, or a count, about the thing beside it. */
export function Badge({ children, tone = 'neutral', icon }: BadgeProps) {
  return (
    <span
      className={classes(
        'inline-flex h-5 shrink-0 items-center gap-1 rounded-sm px-1.5 text-small font-medium whitespace-nowrap tabular-nums',
        TONES[tone],
      )}
    >
      {icon}
      {children}
    </span>
  );
}
