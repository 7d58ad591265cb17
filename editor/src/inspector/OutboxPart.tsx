import { useLive } from '../flow/EditorContext.tsx';
import { OutboxView } from '../flow/OutboxView.tsx';

/** What waits on disk for the target of a node (EN8), where it is a node with a target. */
export function OutboxPart({ node }: { readonly node: string }) {
  const outbox = useLive((state) => state.outboxes[node]);
  if (outbox === undefined) return null;
  return (
    <section aria-label="What waits to be sent" className="flex flex-col gap-2">
      <h3 className="text-small font-medium text-ink-soft">What waits to be sent</h3>
      <OutboxView outbox={outbox} />
    </section>
  );
}
