import { classes } from '../ui/classes.ts';
import type { PasswordAdvice } from './passwordAdvice.ts';

const COLOURS = ['bg-line-strong', 'bg-danger', 'bg-caution', 'bg-good', 'bg-good'] as const;

/** Four bars that fill, one word, and what to do. */
export function PasswordMeter({ advice }: { readonly advice: PasswordAdvice }) {
  return (
    <span className="flex flex-col gap-1.5 pt-1">
      <span className="flex items-center gap-2" aria-hidden="true">
        {[1, 2, 3, 4].map((step) => (
          <span
            key={step}
            className={classes(
              'h-1 flex-1 rounded-full transition-colors',
              step <= advice.steps ? COLOURS[advice.steps] : 'bg-line',
            )}
          />
        ))}
      </span>
      <span className="text-editor">
        {advice.word !== '' && (
          <strong className="font-medium text-ink">{`${capital(advice.word)}. `}</strong>
        )}
        {advice.sentence}
      </span>
    </span>
  );
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
