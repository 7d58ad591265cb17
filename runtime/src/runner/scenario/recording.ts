import type { Message } from '@sluice/shared/message/message.ts';
import type { AnyNodeDefinition, NodeKind } from '@sluice/shared/node/defineNode.ts';
import type { NodeCatalog } from '@sluice/shared/node/catalog.ts';
import type {
  Emit,
  NodeImplementation,
  Source,
  Step,
  Waiter,
  WaiterEmit,
} from '@sluice/shared/node/implementNode.ts';
import { reportFailure } from '@sluice/shared/node/implementNode.ts';
import type { Asked } from './outside.ts';
import { withoutOutside } from './outside.ts';

/** One stay of one message at a node, as it begins. */
export interface Visit {
  readonly node: string;
  /** The input; undefined where a node that waits has several, and for a timer. */
  readonly port: string | undefined;
  readonly at: number;
  /** Undefined: a timer of the node ran out. */
  readonly message: Message | undefined;
}

/** How a stay ended. */
export interface VisitEnd {
  readonly out: readonly { readonly port: string; readonly message: Message }[];
  /** Why the node failed on the message. */
  readonly error: string | undefined;
}

/** Sees what nodes do in a scenario or a dry run. */
export interface Observer {
  /** A message came to a node. What is given back is called when the node is through with it. */
  visit(visit: Visit): (end: VisitEnd) => void;
  /** The node asked something of the outside while it had the message; `what` follows “would”. */
  asked(visit: Visit, what: string): { more(text: string): void };
}

/**
 * The real nodes with an outside that does nothing (EN15), one message at a time, so that what came of which is known.
 * Sources do not start: messages come out of their ports by hand.
 */
export function observedNodes(
  implementations: ReadonlyMap<string, NodeImplementation>,
  catalog: NodeCatalog,
  observer: Observer,
): ReadonlyMap<string, NodeImplementation> {
  const observed = [...implementations].flatMap(([type, implementation]): [string, NodeImplementation][] => {
    const definition = catalog.get(type)?.definition;
    return definition === undefined ? [] : [[type, observedNode(implementation, definition, observer)]];
  });
  return new Map(observed);
}

function observedNode(
  implementation: NodeImplementation,
  { kind, inputs }: AnyNodeDefinition,
  observer: Observer,
): NodeImplementation {
  return {
    type: implementation.type,
    create: (config, context) => {
      const desk = new Desk(context.node.id, () => context.clock.now(), observer);
      const made = implementation.create(config, {
        ...withoutOutside(context, desk),
        newId: idsOf(context.node.id),
      });
      return observedAs(kind, made, desk, inputs.length === 1 ? inputs[0]?.name : undefined);
    },
  };
}

/** Ids of its own for each node: what one makes does not depend on what others made. */
function idsOf(node: string): () => string {
  let ids = 0;
  return () => `test-${node}-${(ids += 1)}`;
}

/** The definition's kind says which of the three it is. */
function observedAs(kind: NodeKind, made: unknown, desk: Desk, onlyInput: string | undefined) {
  switch (kind) {
    case 'source':
      return silenced(made as Source<string>);
    case 'waiting':
      return observedWaiter(made as Waiter<string>, desk, onlyInput);
    case 'step':
    case 'catch':
    case 'note':
      return observedStep(made as Step<string, string>, desk);
  }
}

/** What one node is at work on. */
class Desk implements Asked {
  readonly #node: string;
  readonly #now: () => number;
  readonly #observer: Observer;
  #visit: Visit | undefined;
  #out: VisitEnd['out'][number][] = [];
  #error: string | undefined;
  #isStopped = false;
  #end: (end: VisitEnd) => void = () => undefined;

  constructor(node: string, now: () => number, observer: Observer) {
    this.#node = node;
    this.#now = now;
    this.#observer = observer;
  }

  begin(port: string | undefined, message: Message | undefined): void {
    this.#visit = { node: this.#node, port, at: this.#now(), message };
    this.#out = [];
    this.#error = undefined;
    this.#isStopped = false;
    this.#end = this.#observer.visit(this.#visit);
  }

  /** Passes on what the node gave; nothing where it threw, as the engine does. */
  end(emit: Emit<string>, thrown?: { readonly sentence: string }): void {
    if (thrown !== undefined) this.#error = thrown.sentence;
    else for (const { port, message } of this.#out) emit(port, message);
    this.#end({ out: thrown === undefined ? this.#out : [], error: this.#error });
    this.#visit = undefined;
  }

  /** Whether the message ends here because nobody answers. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Keeps what the node emits until it is through with the message. */
  emit(real: Emit<string>): Emit<string> {
    const one = (port: string, message: Message): void => void this.#out.push({ port, message });
    return Object.assign(one, {
      all: (port: string, messages: readonly Message[]) => {
        for (const message of messages) one(port, message);
      },
      error: (message: Message, sentence: string) =>
        this.failed(sentence, () => real.error(message, sentence)),
    });
  }

  failed(sentence: string, tell: () => void): void {
    if (this.#isStopped) return;
    this.#error = sentence;
    tell();
  }

  tell(what: string): { more(text: string): void } {
    // What a node does while nobody has sent it anything, as when it starts, came of no message.
    return this.#visit === undefined ? { more: () => undefined } : this.#observer.asked(this.#visit, what);
  }

  stopHere(): void {
    this.#isStopped = true;
  }
}

function silenced(source: Source<string>): Source<string> {
  const { pressed } = source;
  return {
    start: () => Promise.resolve(() => undefined),
    ...(pressed === undefined ? {} : { pressed: () => pressed.call(source) }),
  };
}

function observedStep(step: Step<string, string>, desk: Desk): Step<string, string> {
  const { timersDue } = step;
  const receiveOne = (message: Message, emit: Emit<string>, port: string): void => {
    desk.begin(port, message);
    try {
      step.receive([message], desk.emit(emit), port);
    } catch (error) {
      const sentence = sentenceOf(error);
      desk.end(emit, { sentence });
      emit.error(message, sentence);
      return;
    }
    desk.end(emit);
  };
  return {
    receive: (messages, emit, port) => {
      for (const message of messages) receiveOne(message, emit, port);
    },
    ...(timersDue === undefined
      ? {}
      : {
          timersDue: (due, emit) => {
            desk.begin(undefined, undefined);
            try {
              timersDue.call(step, due, desk.emit(emit));
            } catch (error) {
              desk.end(emit, { sentence: sentenceOf(error) });
              throw error;
            }
            desk.end(emit);
          },
        }),
    close: () => step.close?.(),
  };
}

function observedWaiter(waiter: Waiter<string>, desk: Desk, port: string | undefined): Waiter<string> {
  const handleOne = async (message: Message, emit: WaiterEmit<string>, signal: AbortSignal) => {
    desk.begin(port, message);
    const later = (late: Message, sentence: string) =>
      desk.failed(sentence, () => emit.later(late, sentence));
    try {
      await waiter.handle([message], Object.assign(desk.emit(emit), { later }), signal);
    } catch (error) {
      if (!desk.isStopped) {
        desk.end(emit, { sentence: sentenceOf(error) });
        reportFailure(emit, message, error);
        return;
      }
    }
    desk.end(emit);
  };
  // Calls that the engine starts side by side take turns, so that it is known which message asked for what.
  let last = Promise.resolve();
  const handleAfter = async (
    before: Promise<void>,
    messages: readonly Message[],
    emit: WaiterEmit<string>,
    signal: AbortSignal,
  ) => {
    await before;
    for (const message of messages) await handleOne(message, emit, signal);
  };
  return {
    handle: (messages, emit, signal) => {
      last = handleAfter(last, messages, emit, signal);
      return last;
    },
    close: () => waiter.close?.(),
  };
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
