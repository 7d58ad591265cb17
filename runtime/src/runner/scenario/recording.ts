import type { Message } from '@sluice/shared/message/message.ts';
import type { NodeKind } from '@sluice/shared/node/defineNode.ts';
import type { NodeCatalog } from '@sluice/shared/node/catalog.ts';
import type { NodeImplementation, Source, Step, Waiter } from '@sluice/shared/node/implementNode.ts';

/** A message that came to a node. For a sink this is what it was handed. */
export interface Arrival {
  readonly node: string;
  /** The input; a node that waits is not told which. */
  readonly port: string | undefined;
  readonly at: number;
  readonly message: Message;
}

export interface Recording {
  readonly implementations: ReadonlyMap<string, NodeImplementation>;
  readonly arrivals: readonly Arrival[];
}

/**
 * The real nodes, with what arrives at them written down. Sources do not start: in a scenario messages come out of
 * their ports by hand.
 */
export function recordArrivals(
  implementations: ReadonlyMap<string, NodeImplementation>,
  catalog: NodeCatalog,
  now: () => number,
): Recording {
  const arrivals: Arrival[] = [];
  const record = (node: string, port: string | undefined, messages: readonly Message[]): void => {
    for (const message of messages) arrivals.push({ node, port, at: now(), message });
  };
  const recorded = [...implementations].map(([type, implementation]): [string, NodeImplementation] => {
    const kind = catalog.get(type)?.definition.kind ?? 'step';
    return [type, observed(implementation, kind, record)];
  });
  return { implementations: new Map(recorded), arrivals };
}

type Record = (node: string, port: string | undefined, messages: readonly Message[]) => void;

function observed(implementation: NodeImplementation, kind: NodeKind, record: Record): NodeImplementation {
  return {
    type: implementation.type,
    create: (config, context) => {
      const made = implementation.create(config, context);
      // The definition's kind says which of the three it is.
      switch (kind) {
        case 'source':
          return silenced(made as Source<string>);
        case 'waiting':
          return observedWaiter(made as Waiter<string>, (messages) =>
            record(context.node.id, undefined, messages),
          );
        case 'step':
        case 'catch':
        case 'note':
          return observedStep(made as Step<string, string>, (messages, port) =>
            record(context.node.id, port, messages),
          );
      }
    },
  };
}

function silenced(source: Source<string>): Source<string> {
  const { pressed } = source;
  return {
    start: () => Promise.resolve(() => undefined),
    ...(pressed === undefined ? {} : { pressed: () => pressed.call(source) }),
  };
}

function observedWaiter(
  waiter: Waiter<string>,
  record: (messages: readonly Message[]) => void,
): Waiter<string> {
  return {
    handle: (messages, emit, signal) => {
      record(messages);
      return waiter.handle(messages, emit, signal);
    },
    close: () => waiter.close?.(),
  };
}

function observedStep(
  step: Step<string, string>,
  record: (messages: readonly Message[], port: string) => void,
): Step<string, string> {
  const { timersDue } = step;
  return {
    receive: (messages, emit, port) => {
      record(messages, port);
      step.receive(messages, emit, port);
    },
    ...(timersDue === undefined ? {} : { timersDue: (due, emit) => timersDue.call(step, due, emit) }),
    close: () => step.close?.(),
  };
}
