import { UNSTABLE_ToastQueue as ToastQueue } from 'react-aria-components/Toast';

export interface ToastOptions {
  readonly detail?: string | undefined;
  /** One button, as `Undo`. */
  readonly action?: { readonly label: string; readonly onPress: () => void } | undefined;
}

export interface ToastText extends ToastOptions {
  readonly kind: 'done' | 'failed';
  readonly sentence: string;
}

/** Long enough to read; they wait while the pointer or the focus is on them. */
const SHOWN_MS = { done: 6_000, failed: 12_000 } as const;

/** What is said at the moment, for the place where toasts appear. */
export const toasts = new ToastQueue<ToastText>({ maxVisibleToasts: 4 });

/** Something went well; said for a few seconds. */
export function toastDone(sentence: string, options: ToastOptions = {}): void {
  toasts.add({ kind: 'done', sentence, ...options }, { timeout: SHOWN_MS.done });
}

/** Something failed; said for longer than the rest. */
export function toastFailed(sentence: string, options: ToastOptions = {}): void {
  toasts.add({ kind: 'failed', sentence, ...options }, { timeout: SHOWN_MS.failed });
}
