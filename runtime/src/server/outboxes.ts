import type { Outbox } from '@sluice/shared/protocol/running.ts';
import type { RunnerHost } from '../runner/runnerHost.ts';
import type { Actor, Note } from './actor.ts';
import type { Deployments } from './flows/deployments.ts';

/** What waits on disk for targets that are away (EN8), as the runner told it last. */
export interface Outboxes {
  list(): Outbox[];
  /** Drops what waits for a node's target; how many messages that were. Throws `not-found` for a flow that does not run. */
  clear(actor: Actor, flow: string, node: string): Promise<number>;
}

export interface OutboxesOptions {
  readonly host: RunnerHost;
  readonly deployments: Deployments;
  readonly noteOfDone: Note;
}

export function createOutboxes({ host, deployments, noteOfDone }: OutboxesOptions): Outboxes {
  const byFlow = new Map<string, readonly Outbox[]>();

  host.on('counters', ({ flow, outboxes }) => void byFlow.set(flow, outboxes));
  deployments.onChanged(({ flow, state }) => {
    const known = byFlow.get(flow);
    if (known !== undefined && state === 'stopped') byFlow.set(flow, known.flatMap(atRest));
  });

  return {
    list() {
      for (const flow of byFlow.keys()) if (deployments.get(flow) === undefined) byFlow.delete(flow);
      return [...byFlow.values()].flat();
    },
    async clear(actor, flow, node) {
      const dropped = await host.ask(flow, { about: 'clearOutbox', node });
      // Until the runner tells anew, nobody is to see what was dropped.
      const rest = byFlow.get(flow)?.map((outbox) => (outbox.node === node ? emptied(outbox) : outbox));
      if (rest !== undefined) byFlow.set(flow, rest);
      noteOfDone(actor, 'outbox.clear', flow, { node, dropped });
      return dropped;
    },
  };
}

/** What waits stays on disk while the flow is stopped. */
function atRest(outbox: Outbox): Outbox[] {
  const sentence = 'The flow is stopped. What waits is kept on disk, and sent when the flow runs again.';
  return outbox.waiting === 0 ? [] : [{ ...outbox, sentence }];
}

function emptied(outbox: Outbox): Outbox {
  const { oldestAt: _, ...rest } = outbox;
  return { ...rest, waiting: 0, bytes: 0 };
}
