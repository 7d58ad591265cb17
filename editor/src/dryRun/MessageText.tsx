import type { ShownMessage } from '@sluice/shared/protocol/shown.ts';

/** A message in little room: whose it is, and its payload. */
export function MessageText({ message }: { readonly message: ShownMessage }) {
  const { device, topic, payload, cut } = message;
  const about = [device, topic === '' ? undefined : topic].filter((part) => part !== undefined).join(' · ');
  return (
    <div className="min-w-0">
      {about !== '' && <p className="truncate text-small text-ink-soft">{about}</p>}
      <pre
        // A long payload scrolls, and has to by keys as well.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        aria-label="Payload"
        className="max-h-40 overflow-auto font-mono text-small break-words whitespace-pre-wrap"
      >
        {typeof payload === 'string' ? payload : JSON.stringify(payload, undefined, 1)}
      </pre>
      {cut !== undefined && (
        <p className="text-small text-ink-faint">{cut.bytes.toLocaleString()} bytes in all</p>
      )}
    </div>
  );
}
