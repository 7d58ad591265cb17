import { toast, Toaster } from 'sonner';

export interface ToastOptions {
  readonly detail?: string | undefined;
  /** One button, as `Undo`. */
  readonly action?: { readonly label: string; readonly onPress: () => void } | undefined;
}

/** Where toasts appear; once in the app. */
export function Toasts() {
  return (
    <Toaster
      position="bottom-right"
      gap={8}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'flex w-full items-start gap-3 rounded-md border border-line bg-raised p-3 text-editor text-ink shadow-raised',
          icon: 'mt-0.5 shrink-0',
          content: 'min-w-0 flex-1',
          title: 'font-medium',
          description: 'text-ink-soft',
          actionButton: 'h-7 shrink-0 rounded-md border border-line-strong px-2 font-medium hover:bg-hover',
          success: '[&_[data-icon]]:text-good',
          error: '[&_[data-icon]]:text-danger',
        },
      }}
    />
  );
}

/** Something went well; said for a few seconds. */
export function toastDone(sentence: string, options: ToastOptions = {}): void {
  toast.success(sentence, parts(options));
}

/** Something failed; said until it is read, a little longer than the rest. */
export function toastFailed(sentence: string, options: ToastOptions = {}): void {
  toast.error(sentence, { ...parts(options), duration: 10_000 });
}

function parts({ detail, action }: ToastOptions) {
  return {
    ...(detail === undefined ? {} : { description: detail }),
    ...(action === undefined ? {} : { action: { label: action.label, onClick: action.onPress } }),
  };
}
