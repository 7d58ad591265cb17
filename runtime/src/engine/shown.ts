import { formatMs } from '@sluice/shared/message/duration.ts';
import type { DryInput, Outbox } from '@sluice/shared/protocol/running.ts';
import type { Clock } from '@sluice/shared/node/context.ts';
import type { Ledger } from './acknowledge.ts';
import type { FlowNodes } from './flowNodes.ts';
import type { RecentMessage } from './flowSources.ts';
import type { FlowState } from './flowState.ts';
import type { FlowTotals } from './runningFlow.ts';
import type { Kept } from './stateView.ts';
import type { FlowTimers } from './timers.ts';
import type { Slots } from './version.ts';
import type { PlannedNode } from './plan.ts';
import type { OutboxState } from './outbox.ts';

/** The outboxes of a flow that are in use. */
export function shownOutboxes(flow: string, { ends, circuit }: FlowNodes): readonly Outbox[] {
  return [...ends.values()].flatMap((end) => {
    const planned = circuit.nodes[end.node]?.planned;
    const state = end.outbox();
    return planned === undefined || state === undefined ? [] : [shownOutbox(flow, planned, state)];
  });
}

export interface TotalsParts {
  readonly brought: { readonly batches: number; readonly messages: number };
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly state: FlowState;
  readonly nodes: FlowNodes;
}

/** Figures of a flow as a whole. */
export function totalsOf({ brought, clock, ledger, state, nodes }: TotalsParts): FlowTotals {
  const { underWay, oldestAt } = ledger;
  let memory = state.bytes();
  for (const end of nodes.ends.values()) memory += end.bytes;
  return {
    ...brought,
    underWay,
    oldestMs: oldestAt === undefined ? 0 : Math.max(0, clock.now() - oldestAt),
    memory,
  };
}

/** What a node keeps, if it keeps anything. */
export function keptBy(
  node: string,
  nodes: FlowNodes,
  state: FlowState,
  timers: FlowTimers,
  slots: Slots,
): Kept | undefined {
  const own = state.find(node);
  const index = slots.of(node);
  const isKept = nodes.find(node) !== undefined && (own !== undefined || timers.keysOf(index).size > 0);
  return isKept ? { state: own, timers, index } : undefined;
}

function shownOutbox(flow: string, { id, name }: PlannedNode, state: OutboxState): Outbox {
  const { policy, away, waiting, bytes, oldestAt, dropped } = state;
  const isFull = bytes >= policy.maxBytes;
  return {
    flow,
    node: id,
    name,
    state: isFull ? 'full' : away === undefined ? 'sending' : 'away',
    sentence: sentenceFor(state, isFull),
    waiting,
    bytes,
    maxBytes: policy.maxBytes,
    ...(oldestAt !== undefined && { oldestAt }),
    dropped,
  };
}

function sentenceFor({ policy, away, waiting }: OutboxState, isFull: boolean): string {
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
