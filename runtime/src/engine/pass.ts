import type { Message } from '@sluice/shared/message/message.ts';
import { createMessage } from '@sluice/shared/message/message.ts';
import type { DueTimer } from '@sluice/shared/node/context.ts';
import type { Circuit, CircuitNode, CircuitOutput, CircuitWire, Failure } from './circuit.ts';
import { appendAll, takeBuffer } from './circuit.ts';

/** What a pass starts with, at one node. */
export interface PassEntry {
  readonly node: number;
  /** These came of a failure that a catch node got: what fails again goes to the dead letters, not round and round. */
  readonly isCaught: boolean;
  /** Arrived at its inputs. */
  readonly arrivals?: readonly PortMessages[];
  /** Left by its outputs. */
  readonly emitted?: readonly PortMessages[];
  /** Failed at it. */
  readonly failures?: readonly Failure[];
  /** Timers of it that ran out. */
  readonly due?: readonly DueTimer[];
}

export interface PortMessages {
  readonly port: string;
  readonly messages: readonly Message[];
}

/**
 * What a pass asks for (EN15); nothing of it is done yet. Changes of state and timers are taken from where they are
 * kept when the effects are performed.
 */
export interface PassEffects {
  /** For the nodes that end the segment, in the order in which they arrived. */
  readonly arrived: readonly Arrived[];
  readonly deadLetters: readonly FailedMessage[];
  /** Every failure, for people to see. Without a message: the node failed on a timer. */
  readonly errors: readonly FailedMessage<Message | undefined>[];
}

interface Arrived extends PortMessages {
  readonly node: number;
  readonly isCaught: boolean;
}

export interface FailedMessage<M = Message> {
  readonly node: number;
  readonly port: string;
  readonly sentence: string;
  readonly message: M;
}

/** Sees batches on wires while somebody watches (EN14). */
export interface PassWatcher {
  isWatching: boolean;
  saw(wire: CircuitWire, messages: readonly Message[]): void;
}

/** Writes down what each node makes of a batch that came of one message; see `trace.ts`. */
export interface PassTrace {
  /** A source, or a node that was waited for, sends on what comes next. */
  sends(node: CircuitNode): void;
  /** A node is given messages. */
  begins(node: CircuitNode, port: string, messages: readonly Message[]): void;
  sent(port: string, messages: readonly Message[]): void;
  failed(outcome: 'failed' | 'dead-letter', sentence: string): void;
  /** It has done with them. */
  ends(node: CircuitNode): void;
}

export interface Pass {
  /**
   * Runs a batch to the ends of its segment in one go (EN2). Never throws for what a node does. With `trace` all of the
   * batch comes of one message, whose way is written down.
   */
  run(entry: PassEntry, trace?: PassTrace): PassEffects;
}

const QUIET: PassEffects = { arrived: [], deadLetters: [], errors: [] };

/** One pass in so many is timed, and stands for the others. */
const TIMED = 16;

/** `elapsed` measures how long steps take, in ms with decimals. */
export function createPass(circuit: Circuit, watcher: PassWatcher, elapsed: () => number): Pass {
  return new CircuitPass(circuit, watcher, elapsed);
}

class CircuitPass implements Pass {
  readonly #circuit: Circuit;
  readonly #watcher: PassWatcher;
  #isCaught = false;
  #arrived: Arrived[] = [];
  #caught: Message[] = [];
  #deadLetters: FailedMessage[] = [];
  #errors: FailedMessage<Message | undefined>[] = [];
  /** Nodes with something in their inbox. */
  #mail = 0;
  readonly #elapsed: () => number;
  #runs = 0;
  #trace: PassTrace | undefined;

  constructor(circuit: Circuit, watcher: PassWatcher, elapsed: () => number) {
    this.#circuit = circuit;
    this.#watcher = watcher;
    this.#elapsed = elapsed;
  }

  run(entry: PassEntry, trace?: PassTrace): PassEffects {
    this.#isCaught = entry.isCaught;
    this.#trace = trace;
    this.#runs += 1;
    const { nodes } = this.#circuit;
    const first = nodes[entry.node];
    if (first === undefined) return QUIET;
    this.#enter(first, entry);
    for (let at = entry.node + 1; this.#mail > 0 && at < nodes.length; at++) {
      const node = nodes[at];
      if (node?.hasMail === true) this.#visit(node);
    }
    return this.#effects();
  }

  #enter(node: CircuitNode, entry: PassEntry): void {
    if (entry.arrivals === undefined) this.#trace?.sends(node);
    if (entry.failures !== undefined) {
      for (const failure of entry.failures) this.#fail(node, failure);
    }
    if (entry.emitted !== undefined) {
      for (const { port, messages } of entry.emitted) {
        const output = node.outputs.find(({ name }) => name === port);
        if (output !== undefined) appendAll(output, messages);
      }
    }
    this.#flush(node);
    if (entry.due !== undefined) this.#timersDue(node, entry.due);
    if (entry.arrivals !== undefined) {
      for (const { port, messages } of entry.arrivals) this.#receive(node, port, messages);
    }
  }

  #visit(node: CircuitNode): void {
    node.hasMail = false;
    this.#mail -= 1;
    for (let port = 0; port < node.inbox.length; port++) {
      const messages = node.inbox[port];
      if (messages === undefined) continue;
      node.inbox[port] = undefined;
      this.#receive(node, node.inputs[port] ?? '', messages);
    }
  }

  #receive(node: CircuitNode, port: string, messages: readonly Message[]): void {
    const { step } = node;
    if (step === undefined) return;
    const isTimed = this.#runs % TIMED === 0;
    const before = isTimed ? this.#elapsed() : 0;
    this.#trace?.begins(node, port, messages);
    node.isActive = true;
    try {
      step.receive(messages, node.emit, port);
      node.isActive = false;
    } catch (error) {
      node.isActive = false;
      this.#discard(node);
      const sentence = sentenceOf(error);
      for (const message of messages) this.#circuit.failures.push({ port, message, sentence });
    }
    if (isTimed) node.counters.busyMs += (this.#elapsed() - before) * TIMED;
    if (this.#circuit.failures.length > 0) this.#failAll(node, port);
    this.#flush(node);
    this.#trace?.ends(node);
  }

  #timersDue(node: CircuitNode, due: readonly DueTimer[]): void {
    node.isActive = true;
    try {
      node.step?.timersDue?.(due, node.emit);
    } catch (error) {
      this.#discard(node);
      node.counters.errors += 1;
      const sentence = `A timer ran out and could not be handled: ${sentenceOf(error)}`;
      this.#errors.push({ node: node.index, port: '', message: undefined, sentence });
    }
    node.isActive = false;
    if (this.#circuit.failures.length > 0) this.#failAll(node, node.inputs[0] ?? '');
    this.#flush(node);
  }

  /** A call that threw has sent nothing and failed as a whole. */
  #discard(node: CircuitNode): void {
    for (const output of node.outputs) takeBuffer(output);
    this.#circuit.failures.length = 0;
  }

  #failAll(node: CircuitNode, port: string): void {
    for (const { message, sentence } of this.#circuit.failures.splice(0)) {
      this.#fail(node, { port, message, sentence });
    }
  }

  /** EN7: by the error port where it is wired, else to the catch nodes, else to the dead letters. */
  #fail(node: CircuitNode, { port, message, sentence }: Failure): void {
    const failed = failedMessage(message, sentence, node.planned.id);
    node.counters.errors += 1;
    this.#errors.push({ node: node.index, port, message: failed, sentence });
    const output = node.outputs.find(({ name, wires }) => name === 'error' && wires.length > 0);
    this.#trace?.failed(output === undefined && this.#isCaught ? 'dead-letter' : 'failed', sentence);
    if (output !== undefined) appendAll(output, [failed]);
    else if (!this.#isCaught && this.#circuit.catches.length > 0) this.#caught.push(failed);
    else {
      node.counters.deadLetters += 1;
      this.#deadLetters.push({ node: node.index, port, message: failed, sentence });
    }
  }

  #flush(node: CircuitNode): void {
    const { outputs } = node;
    for (let at = 0; at < outputs.length; at++) {
      const output = outputs[at];
      if (output !== undefined && output.buffer.length > 0) this.#send(output);
    }
  }

  #send(output: CircuitOutput): void {
    const messages = takeBuffer(output);
    output.count += messages.length;
    this.#trace?.sent(output.name, messages);
    for (const wire of output.wires) {
      wire.count += messages.length;
      if (this.#watcher.isWatching) this.#watcher.saw(wire, messages);
      this.#deliver(wire, messages);
    }
  }

  #deliver(wire: CircuitWire, messages: readonly Message[]): void {
    const node = this.#circuit.nodes[wire.to];
    if (node === undefined) return;
    node.counters.in += messages.length;
    if (node.endsSegment) {
      this.#arrived.push({ node: node.index, port: wire.toPort, messages, isCaught: this.#isCaught });
      return;
    }
    const before = node.inbox[wire.toPortIndex];
    node.inbox[wire.toPortIndex] = before === undefined ? messages : [...before, ...messages];
    if (node.hasMail) return;
    node.hasMail = true;
    this.#mail += 1;
  }

  #effects(): PassEffects {
    for (const { index, inputs, counters } of this.#caught.length > 0 ? this.#circuit.catches : []) {
      counters.in += this.#caught.length;
      this.#arrived.push({ node: index, port: inputs[0] ?? '', messages: this.#caught, isCaught: true });
    }
    this.#caught = [];
    if (this.#arrived.length === 0 && this.#errors.length === 0) return QUIET;
    const effects = { arrived: this.#arrived, deadLetters: this.#deadLetters, errors: this.#errors };
    this.#arrived = [];
    this.#deadLetters = [];
    this.#errors = [];
    return effects;
  }
}

/** The message as it leaves by an error port: the reason and the node in its headers. */
export function failedMessage(message: Message, sentence: string, node: string): Message {
  return createMessage({ ...message, headers: { ...message.headers, error: sentence, errorNode: node } });
}

/** What was thrown, as a sentence. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
