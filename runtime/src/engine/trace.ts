import type { Message } from '@sluice/shared/message/message.ts';
import type { Trace, TraceStep } from '@sluice/shared/protocol/running.ts';
import { showMessage } from '@sluice/shared/protocol/showMessage.ts';
import type { CircuitNode } from './circuit.ts';
import type { PassEntry, PassTrace, PortMessages } from './pass.ts';
import type { TraceWanted } from './runningFlow.ts';
import { endOfTrace } from './traceEnd.ts';

/** Messages of one batch on their own, so that all that comes of the traced one comes of it alone. */
interface TracedPart {
  readonly entry: PassEntry;
  readonly trace: TraceRun | undefined;
}

/** Waits for messages that are to be traced. */
export interface Tracer {
  /** The next message that fits is traced. */
  want(wanted: TraceWanted, listener: (trace: Trace) => void): void;
  /** Takes what a source brought apart at the messages that are wanted; `undefined` where nothing of it is. */
  split(entry: PassEntry): readonly TracedPart[] | undefined;
}

export interface TracerOptions {
  readonly flow: string;
  readonly now: () => number;
  /** ms with decimals, for how long things take. */
  readonly elapsed: () => number;
  readonly newId: () => string;
  readonly nodeAt: (index: number) => CircuitNode | undefined;
  /** How many changes of state and timers there are that were not yet taken. */
  readonly changes: () => number;
}

/** So many may be waited for at once; beyond them the first is forgotten. */
const MOST_WANTED = 20;

export function createTracer(options: TracerOptions): Tracer {
  const all: { readonly wanted: TraceWanted; readonly listener: (trace: Trace) => void }[] = [];
  const splitOnce = (entry: PassEntry): readonly TracedPart[] | undefined => {
    if (all.length === 0) return undefined;
    const source = options.nodeAt(entry.node)?.planned.id;
    for (const [at, { wanted, listener }] of all.entries()) {
      if (wanted.node !== undefined && wanted.node !== source) continue;
      const found = findMessage(entry.emitted ?? [], wanted.device);
      if (found === undefined) continue;
      all.splice(at, 1);
      return partsOf(entry, found, new TraceRun(options, found.message, listener));
    }
    return undefined;
  };
  // What is beside a wanted message may have one that somebody else wants.
  const split = (entry: PassEntry): readonly TracedPart[] | undefined =>
    splitOnce(entry)?.flatMap((part) => (part.trace === undefined ? (split(part.entry) ?? [part]) : [part]));
  return {
    want: (wanted, listener) => {
      all.push({ wanted, listener });
      if (all.length > MOST_WANTED) all.shift();
    },
    split,
  };
}

interface Found {
  readonly portAt: number;
  readonly at: number;
  readonly message: Message;
}

function findMessage(emitted: readonly PortMessages[], device: string | undefined): Found | undefined {
  for (const [portAt, { messages }] of emitted.entries()) {
    const at = messages.findIndex((message) => device === undefined || message.device === device);
    const message = messages[at];
    if (message !== undefined) return { portAt, at, message };
  }
  return undefined;
}

function partsOf(entry: PassEntry, { portAt, at, message }: Found, trace: TraceRun): readonly TracedPart[] {
  const emitted = entry.emitted ?? [];
  const { port = '', messages = [] } = emitted[portAt] ?? {};
  const { node, isCaught, failures } = entry;
  const part = (own: readonly PortMessages[], of?: TraceRun): TracedPart => ({
    entry: { node, isCaught, emitted: own.filter((one) => one.messages.length > 0) },
    trace: of,
  });
  const rest = part([{ port, messages: messages.slice(at + 1) }, ...emitted.slice(portAt + 1)]);
  return [
    part([...emitted.slice(0, portAt), { port, messages: messages.slice(0, at) }]),
    part([{ port, messages: [message] }], trace),
    { ...rest, entry: { ...rest.entry, ...(failures !== undefined && { failures }) } },
  ];
}

type OpenStep = { -readonly [Key in keyof TraceStep]: TraceStep[Key] };

/** Where a traced message waits at a node that ends a segment. */
export interface TracedWait {
  readonly trace: TraceRun;
  readonly step: OpenStep;
  /** Its target cannot take it now. */
  putOff(sentence: string): void;
}

/** The way of one message through a flow, as it is written down on the way. */
export class TraceRun implements PassTrace {
  readonly #options: TracerOptions;
  readonly #listener: (trace: Trace) => void;
  readonly #message: Message;
  readonly #id: string;
  readonly #startedAt: number;
  readonly #begun: number;
  readonly #steps: OpenStep[] = [];
  readonly #names = new Map<string, string>();
  #current: OpenStep | undefined;
  #changesBefore = 0;

  constructor(options: TracerOptions, message: Message, listener: (trace: Trace) => void) {
    this.#options = options;
    this.#listener = listener;
    this.#message = message;
    this.#id = options.newId();
    this.#startedAt = options.now();
    this.#begun = options.elapsed();
  }

  sends({ planned }: CircuitNode): void {
    if (this.#current?.node !== planned.id) this.#current = this.#step(planned.id, planned.name, '', []);
    this.#current.took ??= 0;
  }

  begins(node: CircuitNode, port: string, messages: readonly Message[]): void {
    this.#changesBefore = this.#options.changes();
    this.#current = this.#step(node.planned.id, node.planned.name, port, messages);
  }

  ends({ planned }: CircuitNode): void {
    const step = this.#current;
    if (step === undefined) return;
    step.took = this.#now() - step.at;
    if (step.outcome !== 'nothing') return;
    if (this.#options.changes() > this.#changesBefore) step.outcome = 'absorbed';
    else if (planned.outputs.every(({ port }) => port.name === 'error')) step.outcome = 'sent';
  }

  sent(port: string, messages: readonly Message[]): void {
    const step = this.#current;
    if (step === undefined) return;
    for (const message of messages) step.out.push({ port, message: showMessage(message) });
    if (step.outcome === 'nothing' || step.outcome === 'waiting') step.outcome = 'passed';
  }

  failed(outcome: 'failed' | 'dead-letter', sentence: string): void {
    if (this.#current !== undefined) Object.assign(this.#current, { outcome, sentence });
  }

  /** A message waits at a node; `resume` goes on from there. */
  waitsAt({ planned }: CircuitNode, port: string, message: Message): TracedWait {
    const step = this.#step(planned.id, planned.name, port, [message]);
    step.outcome = 'waiting';
    return {
      trace: this,
      step,
      putOff: (sentence: string) => {
        step.sentence = sentence;
        this.tell();
      },
    };
  }

  /** What waited is through; what came of it follows. */
  resume(waits: readonly TracedWait[], node: CircuitNode | undefined): void {
    for (const { step } of waits) {
      step.took = this.#now() - step.at;
      delete step.sentence;
      step.outcome = node?.planned.entry.definition.kind === 'waiting' ? 'sent' : 'nothing';
      this.#current = step;
    }
  }

  /** Tells how far it has come. */
  tell(): void {
    const steps = this.#steps.map((step) => structuredClone(step));
    const isDone = steps.every(({ outcome, sentence }) => outcome !== 'waiting' || sentence !== undefined);
    const { device, topic } = this.#message;
    const end = endOfTrace(steps, (node) => this.#names.get(node) ?? node);
    this.#listener({
      id: this.#id,
      flow: this.#options.flow,
      startedAt: this.#startedAt,
      ...(device !== undefined && { device }),
      topic,
      isDone,
      end,
      steps,
    });
  }

  #step(node: string, name: string, port: string, messages: readonly Message[]): OpenStep {
    this.#names.set(node, name);
    const step: OpenStep = {
      node,
      port,
      at: this.#now(),
      in: messages.map(showMessage),
      out: [],
      outcome: 'nothing',
    };
    this.#steps.push(step);
    return step;
  }

  #now(): number {
    return Math.round((this.#options.elapsed() - this.#begun) * 1_000) / 1_000;
  }
}
