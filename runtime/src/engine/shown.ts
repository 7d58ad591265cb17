import { formatMs } from '@sluice/shared/message/duration.ts';
import type { DryInput, Outbox } from '@sluice/shared/protocol/running.ts';
import type { RecentMessage } from './flowSources.ts';
import type { PlannedNode } from './plan.ts';
import type { OutboxState } from './segment.ts';

/** An outbox as people see it (EN8). */
export function shownOutbox(flow: string, { id, name }: PlannedNode, state: OutboxState): Outbox {
  const { policy, away, waiting, bytes, oldestAt, dropped } = state;
  const isFull = bytes >= policy.maxBytes;
  return {
    flow,
    node: id,
    name,
    state: isFull ? 'full' : away === undefined ? 'sending' : 'away',
    sentence: sentenceOf(state, isFull),
    waiting,
    bytes,
    maxBytes: policy.maxBytes,
    ...(oldestAt !== undefined && { oldestAt }),
    dropped,
  };
}

function sentenceOf({ policy, away, waiting }: OutboxState, isFull: boolean): string {
  const count = waiting === 1 ? '1 message waits' : `${waiting} messages wait`;
  if (away === undefined) return `The target is back; ${count} to be sent on.`;
  const kept = `${count} on disk for at most ${formatMs(policy.keepMs)}.`;
  if (!isFull) return `${away.sentence} ${kept}`;
  const full =
    policy.whenFull === 'stop'
      ? 'That is as much as may wait, so no more is taken in.'
      : 'That is as much as may wait, so the oldest give way.';
  return `${away.sentence} ${kept} ${full}`;
}

/** A message that came in, as a dry run takes it. Bytes are given as text. */
export function dryInputOf({ node, port, message }: RecentMessage): DryInput {
  const { time, topic, device, payload, headers } = message;
  return {
    node,
    port,
    time,
    topic,
    ...(device !== undefined && { device }),
    payload: payload instanceof Uint8Array ? Buffer.from(payload).toString('utf8') : payload,
    headers: { ...headers },
  };
}
