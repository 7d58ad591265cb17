import { isTransient } from '@sluice/shared/errors.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import type { Waiter, WaiterEmit } from '@sluice/shared/node/implementNode.ts';
import type { CircuitNode, Failure } from './circuit.ts';
import type { Expressions } from './expressions.ts';
import type { Waiting } from './lanes.ts';
import type { PortMessages } from './pass.ts';
import { sentenceOf } from './pass.ts';

/** What came of a call of a node that ends a segment. Each message that was taken is failed, later or through. */
export interface CallResult {
  readonly emitted?: readonly PortMessages[];
  readonly arrivals?: readonly PortMessages[];
  readonly failures: readonly Failure[];
  /** The target cannot take them now (EN8). */
  readonly later: readonly Later[];
}

export interface Later {
  readonly waiting: Waiting;
  readonly sentence: string;
}

/** Never rejects. */
export type Work = (taken: readonly Waiting[], signal: AbortSignal) => Promise<CallResult>;

/** The work of a step that ends a segment: its expressions are evaluated, then the messages arrive at its inputs. */
export function stepWork(expressions: Expressions): Work {
  return async (taken, signal) => {
    try {
      const { ready, failures } = await evaluated(taken, expressions, signal);
      return { failures, later: [], arrivals: byPort(ready) };
    } catch (error) {
      return failedCall(taken, error);
    }
  };
}

/** The work of a waiting node. What it emits is held back until the call is over, so that it leaves in order. */
export function waiterWork(node: CircuitNode, waiter: Waiter<string>, expressions: Expressions): Work {
  return async (taken, signal) => {
    try {
      const { ready, failures } = await evaluated(taken, expressions, signal);
      return ready.length === 0
        ? { failures, later: [] }
        : await handled(node, waiter, ready, failures, signal);
    } catch (error) {
      return failedCall(taken, error);
    }
  };
}

async function handled(
  node: CircuitNode,
  waiter: Waiter<string>,
  ready: readonly Waiting[],
  before: readonly Failure[],
  signal: AbortSignal,
): Promise<CallResult> {
  const failures = [...before];
  const later: Later[] = [];
  let find: ((message: Message) => Waiting | undefined) | undefined;
  // Made for the first that fails: as a rule none does.
  const waitingOf = (message: Message) => (find ??= finder(ready))(message);
  const sent = collector(node, {
    fail: (message, sentence) => {
      failures.push({ port: waitingOf(message)?.port ?? node.inputs[0] ?? '', message, sentence });
    },
    later: (message, sentence) => {
      const waiting = waitingOf(message);
      if (waiting === undefined)
        throw new Error(`${node.planned.name} put off a message that it did not get.`);
      later.push({ waiting, sentence });
    },
  });
  await waiter.handle(
    ready.map(({ message }) => message),
    sent.emit,
    signal,
  );
  return { failures, later, emitted: sent.close() };
}

/** Finds the place of a message; one that came twice has two, which are given in turn. */
function finder(ready: readonly Waiting[]): (message: Message) => Waiting | undefined {
  const places = Map.groupBy(ready, ({ message }) => message);
  return (message) => places.get(message)?.shift();
}

/** What came of a call that failed as a whole (EN7, EN8). */
export function failedCall(taken: readonly Waiting[], error: unknown): CallResult {
  const sentence = sentenceOf(error);
  if (isTransient(error)) return { failures: [], later: taken.map((waiting) => ({ waiting, sentence })) };
  return { failures: taken.map(({ port, message }) => ({ port, message, sentence })), later: [] };
}

async function evaluated(
  taken: readonly Waiting[],
  expressions: Expressions,
  signal: AbortSignal,
): Promise<{ ready: readonly Waiting[]; failures: Failure[] }> {
  if (expressions.isEmpty) return { ready: taken, failures: [] };
  const failed = await expressions.evaluate(
    taken.map(({ message }) => message),
    signal,
  );
  const failures: Failure[] = [];
  const ready: Waiting[] = [];
  for (const waiting of taken) {
    const sentence = failed.get(waiting.message);
    if (sentence === undefined) ready.push(waiting);
    else failures.push({ port: waiting.port, message: waiting.message, sentence });
  }
  return { ready, failures };
}

function byPort(waiting: readonly Waiting[]): readonly PortMessages[] {
  const ports = new Map<string, Message[]>();
  for (const { port, message } of waiting) {
    const messages = ports.get(port);
    if (messages === undefined) ports.set(port, [message]);
    else messages.push(message);
  }
  return [...ports].map(([port, messages]) => ({ port, messages }));
}

interface Said {
  fail(message: Message, sentence: string): void;
  later(message: Message, sentence: string): void;
}

/** Gathers what one call emits. After `close` the call is over and may emit no more. */
function collector(node: CircuitNode, said: Said) {
  const sent = new Map<string, Message[]>(node.outputs.map(({ name }) => [name, []]));
  let isOpen = true;
  const bufferOf = (port: string): Message[] => {
    const buffer = sent.get(port);
    if (!isOpen) throw new Error(`${node.planned.name} sent a message after its call was over.`);
    if (buffer === undefined) throw new Error(`${node.planned.name} has no output “${port}”.`);
    return buffer;
  };
  const mustBeOpen = () => {
    if (!isOpen) throw new Error(`${node.planned.name} reported an error after its call was over.`);
  };
  const emit: WaiterEmit<string> = Object.assign(
    (port: string, message: Message) => void bufferOf(port).push(message),
    {
      all: (port: string, messages: readonly Message[]) => {
        const buffer = bufferOf(port);
        for (const message of messages) buffer.push(message);
      },
      error: (message: Message, sentence: string) => {
        mustBeOpen();
        said.fail(message, sentence);
      },
      later: (message: Message, sentence: string) => {
        mustBeOpen();
        said.later(message, sentence);
      },
    },
  );
  const close = (): readonly PortMessages[] => {
    isOpen = false;
    return [...sent]
      .filter(([, messages]) => messages.length > 0)
      .map(([port, messages]) => ({ port, messages }));
  };
  return { emit, close };
}
