import type { Message } from '@sluice/shared/message/message.ts';
import type { Emit, Waiter } from '@sluice/shared/node/implementNode.ts';
import type { CircuitNode, Failure } from './circuit.ts';
import type { Expressions } from './expressions.ts';
import type { Waiting } from './lanes.ts';
import type { PassEntry, PortMessages } from './pass.ts';

export type Work = (taken: readonly Waiting[], signal: AbortSignal) => Promise<PassEntry>;

/** The work of a step that ends a segment: its expressions are evaluated, then the messages arrive at its inputs. */
export function stepWork(node: CircuitNode, expressions: Expressions): Work {
  return async (taken, signal) => {
    const { ready, failures } = await evaluated(taken, expressions, signal);
    return { ...entryOf(node, taken), failures, arrivals: byPort(ready) };
  };
}

/** The work of a waiting node. What it emits is held back until the call is over, so that it leaves in order. */
export function waiterWork(node: CircuitNode, waiter: Waiter<string>, expressions: Expressions): Work {
  return async (taken, signal) => {
    const { ready, failures } = await evaluated(taken, expressions, signal);
    if (ready.length === 0) return { ...entryOf(node, taken), failures };
    let ports: ReadonlyMap<Message, string> | undefined;
    const sent = collector(node, (message, sentence) => {
      // Made for the first that fails: as a rule none does.
      ports ??= new Map(ready.map((waiting) => [waiting.message, waiting.port]));
      failures.push({ port: ports.get(message) ?? node.inputs[0] ?? '', message, sentence });
    });
    await waiter.handle(
      ready.map(({ message }) => message),
      sent.emit,
      signal,
    );
    return { ...entryOf(node, taken), failures, emitted: sent.close() };
  };
}

function entryOf(node: CircuitNode, taken: readonly Waiting[]): PassEntry {
  return { node: node.index, isCaught: taken[0]?.isCaught ?? false };
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

/** Gathers what one call emits. After `close` the call is over and may emit no more. */
function collector(node: CircuitNode, fail: (message: Message, sentence: string) => void) {
  const sent = new Map<string, Message[]>(node.outputs.map(({ name }) => [name, []]));
  let isOpen = true;
  const bufferOf = (port: string): Message[] => {
    const buffer = sent.get(port);
    if (!isOpen) throw new Error(`${node.planned.name} sent a message after its call was over.`);
    if (buffer === undefined) throw new Error(`${node.planned.name} has no output “${port}”.`);
    return buffer;
  };
  const emit: Emit<string> = Object.assign(
    (port: string, message: Message) => void bufferOf(port).push(message),
    {
      all: (port: string, messages: readonly Message[]) => {
        const buffer = bufferOf(port);
        for (const message of messages) buffer.push(message);
      },
      error: (message: Message, sentence: string) => {
        if (!isOpen) throw new Error(`${node.planned.name} reported an error after its call was over.`);
        fail(message, sentence);
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
