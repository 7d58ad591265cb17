import { CircleX, RotateCw } from 'lucide-react';
import { sentenceOf } from '../state/remoteError.ts';
import { Button } from './Button.tsx';

export interface ErrorStateProps {
  /** What could not be done: `The devices could not be loaded`. */
  readonly title: string;
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
}

/** Something could not be shown: what, why, and the way out. */
export function ErrorState({ title, error, onRetry }: ErrorStateProps) {
  return (
    <div role="alert" className="flex flex-col items-center gap-2 px-6 py-10 text-center">
      <CircleX size={24} className="text-danger" aria-hidden="true" />
      <p className="text-operator font-medium text-ink">{title}</p>
      <p className="max-w-md text-editor text-ink-soft">{sentenceOf(error)}</p>
      {onRetry !== undefined && (
        <div className="mt-3">
          <Button icon={<RotateCw size={16} aria-hidden="true" />} onPress={onRetry}>
            Try again
          </Button>
        </div>
      )}
    </div>
  );
}
