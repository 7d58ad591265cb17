import { classes } from './classes.ts';

export interface KbdProps {
  /** Keys joined by `+`: `Ctrl+Z`, `Alt+ArrowUp`. */
  readonly keys: string;
  /** On a dark ground, as in a tooltip. */
  readonly isInverse?: boolean | undefined;
}

const SHOWN: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  Delete: 'Del',
};

/** Keys as keys. */
export function Kbd({ keys, isInverse = false }: KbdProps) {
  return (
    <kbd className="inline-flex gap-0.5 font-sans">
      {keys.split('+').map((key) => (
        <span
          key={key}
          className={classes(
            'min-w-4 rounded-sm border px-1 text-center text-small leading-4',
            isInverse ? 'border-current/40' : 'border-line bg-sunken text-ink-soft',
          )}
        >
          {SHOWN[key] ?? key}
        </span>
      ))}
    </kbd>
  );
}
