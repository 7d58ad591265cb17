export interface ToastOptions {
  readonly detail?: string | undefined;
  /** One button, as `Undo`. */
  readonly action?: { readonly label: string; readonly onPress: () => void } | undefined;
}

export interface ToastText extends ToastOptions {
  readonly kind: 'done' | 'failed';
  readonly sentence: string;
}

/** What was said before there was a place for it. */
const early: ToastText[] = [];
let show = (toast: ToastText): void => void early.push(toast);

/** From the place where toasts appear, once it is loaded: hands it what was said before, and what is said from now on. */
export function showToasts(by: (toast: ToastText) => void): void {
  show = by;
  for (const toast of early.splice(0)) by(toast);
}

/** Something went well; said for a few seconds. */
export function toastDone(sentence: string, options: ToastOptions = {}): void {
  show({ kind: 'done', sentence, ...options });
}

/** Something failed; said for longer than the rest. */
export function toastFailed(sentence: string, options: ToastOptions = {}): void {
  show({ kind: 'failed', sentence, ...options });
}
