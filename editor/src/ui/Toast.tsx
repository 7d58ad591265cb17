import { CircleCheck, CircleX, X } from 'lucide-react';
import { Button as AriaButton } from 'react-aria-components/Button';
import { Text } from 'react-aria-components/Text';
import {
  UNSTABLE_Toast as AriaToast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from 'react-aria-components/Toast';
import { Button } from './Button.tsx';
import { type ToastText, showToasts } from './toasts.ts';

/** Long enough to read; they wait while the pointer or the focus is on them. */
const SHOWN_MS = { done: 6_000, failed: 12_000 } as const;

const toasts = new ToastQueue<ToastText>({ maxVisibleToasts: 4 });
showToasts((toast) => toasts.add(toast, { timeout: SHOWN_MS[toast.kind] }));

/** Where toasts appear; once in the app. F6 goes to it. */
export default function Toasts() {
  return (
    <ToastRegion
      queue={toasts}
      aria-label="Notices"
      className="fixed right-4 bottom-4 z-60 flex w-[min(380px,calc(100vw-32px))] flex-col-reverse gap-2 rounded-md outline-none"
    >
      {({ toast }) => (
        <AriaToast
          toast={toast}
          className="appear flex items-start gap-3 rounded-md border border-line bg-raised p-3 text-editor text-ink shadow-raised"
        >
          <Mark kind={toast.content.kind} />
          <ToastContent className="flex min-w-0 flex-1 flex-col wrap-anywhere">
            <Text slot="title" className="font-medium">
              {toast.content.sentence}
            </Text>
            {toast.content.detail !== undefined && (
              <Text slot="description" className="text-ink-soft">
                {toast.content.detail}
              </Text>
            )}
          </ToastContent>
          <Action toast={toast.content} onDone={() => toasts.close(toast.key)} />
          <AriaButton
            slot="close"
            aria-label="Close"
            className="-m-1 flex size-7 shrink-0 items-center justify-center rounded-sm text-ink-soft data-hovered:bg-hover"
          >
            <X size={14} aria-hidden="true" />
          </AriaButton>
        </AriaToast>
      )}
    </ToastRegion>
  );
}

function Mark({ kind }: Pick<ToastText, 'kind'>) {
  const Icon = kind === 'done' ? CircleCheck : CircleX;
  const colour = kind === 'done' ? 'text-good' : 'text-danger';
  return <Icon size={18} className={`mt-px shrink-0 ${colour}`} aria-hidden="true" />;
}

function Action({ toast, onDone }: { readonly toast: ToastText; readonly onDone: () => void }) {
  const { action } = toast;
  if (action === undefined) return null;
  return (
    <Button
      size="small"
      onPress={() => {
        action.onPress();
        onDone();
      }}
    >
      {action.label}
    </Button>
  );
}
