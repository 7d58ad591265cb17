import type { Outbox } from '@sluice/shared/protocol/running.ts';
import { OutboxView } from '../flow/OutboxView.tsx';
import { TextLink } from '../ui/TextLink.tsx';

export interface OutboxListProps {
  readonly outboxes: readonly Outbox[];
  /** Names of flows by id. */
  readonly names: ReadonlyMap<string, string>;
}

/** Whether somebody should look at it: something waits, or cannot wait any more. */
export function isOfNote({ waiting, state, dropped }: Outbox): boolean {
  return waiting > 0 || state !== 'sending' || dropped > 0;
}

/** Targets that messages wait for, with what can be done about it. */
export function OutboxList({ outboxes, names }: OutboxListProps) {
  return (
    <ul className="grid gap-4 sm:grid-cols-2">
      {outboxes.map((outbox) => (
        <li
          key={`${outbox.flow} ${outbox.node}`}
          className="rounded-md border border-line bg-surface p-4 text-editor shadow-card"
        >
          <h3 className="text-operator font-semibold">{outbox.name}</h3>
          <p className="mb-3 text-ink-soft">
            in{' '}
            <TextLink to={`/flows/${encodeURIComponent(outbox.flow)}`}>
              {names.get(outbox.flow) ?? outbox.flow}
            </TextLink>
          </p>
          <OutboxView outbox={outbox} />
        </li>
      ))}
    </ul>
  );
}
