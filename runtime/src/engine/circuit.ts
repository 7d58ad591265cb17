import type { Message } from '@sluice/shared/message/message.ts';
import type { Emit, Step } from '@sluice/shared/node/implementNode.ts';
import type { Plan, PlannedNode, PlannedOutput } from './plan.ts';

// The plan as the pass works on it: objects that point at each other, so that nothing is looked up by name for a message.

export interface Circuit {
  /** By index of the plan. */
  readonly nodes: readonly CircuitNode[];
  readonly catches: readonly CircuitNode[];
  /** By index of the wire. */
  readonly wires: readonly CircuitWire[];
  /** What nodes failed on in the call that is under way; emptied by the pass. */
  readonly failures: Failure[];
}

export interface CircuitNode {
  readonly index: number;
  readonly planned: PlannedNode;
  /** Names of the input ports. */
  readonly inputs: readonly string[];
  readonly outputs: readonly CircuitOutput[];
  /** By index of the input port: what has arrived in this pass. */
  readonly inbox: (readonly Message[] | undefined)[];
  /**
   * A pass ends at its inputs (EN3): it waits for something outside, its expressions have to be evaluated first, it is
   * a catch, or a wire leads back to it. What arrives is queued and starts a pass of its own.
   */
  readonly endsSegment: boolean;
  readonly counters: { in: number; errors: number; deadLetters: number; retries: number; busyMs: number };
  step: Step<string, string> | undefined;
  readonly emit: Emit<string>;
  /** Between the start and the end of a call of the step; only then may it emit. */
  isActive: boolean;
  hasMail: boolean;
}

export interface CircuitOutput {
  readonly name: string;
  readonly wires: readonly CircuitWire[];
  buffer: readonly Message[];
  /** The buffer was made here, so it may be added to. */
  isOwn: boolean;
  count: number;
}

export interface CircuitWire {
  readonly key: string;
  readonly index: number;
  readonly to: number;
  readonly toPort: string;
  readonly toPortIndex: number;
  count: number;
}

/** A message that a node could not handle, and why. */
export interface Failure {
  /** The input port by which it came. */
  readonly port: string;
  readonly message: Message;
  readonly sentence: string;
}

const NOTHING: readonly Message[] = [];

/** Builds the circuit of a plan. The steps are put in by `startFlow`. */
export function createCircuit(plan: Plan): Circuit {
  const wires: CircuitWire[] = [];
  const failures: Failure[] = [];
  const leadBackTo = new Set(
    plan.nodes.flatMap(({ index, outputs }) =>
      outputs.flatMap((output) => output.wires.map(({ to }) => to).filter((to) => to <= index)),
    ),
  );
  const nodes = plan.nodes.map((planned) => {
    const outputs = planned.outputs.map((output) => circuitOutput(output, plan, wires));
    return circuitNode(planned, outputs, leadBackTo.has(planned.index), failures);
  });
  return { nodes, catches: nodes.filter(({ index }) => plan.catches.includes(index)), wires, failures };
}

function circuitOutput(output: PlannedOutput, plan: Plan, wires: CircuitWire[]): CircuitOutput {
  const own = output.wires.map(({ key, to, toPort }): CircuitWire => {
    const inputs = plan.nodes[to]?.entry.definition.inputs ?? [];
    const toPortIndex = inputs.findIndex(({ name }) => name === toPort);
    const wire = { key, index: wires.length, to, toPort, toPortIndex, count: 0 };
    wires.push(wire);
    return wire;
  });
  return { name: output.port.name, wires: own, buffer: NOTHING, isOwn: false, count: 0 };
}

function circuitNode(
  planned: PlannedNode,
  outputs: readonly CircuitOutput[],
  isLedBackTo: boolean,
  failures: Failure[],
): CircuitNode {
  const { definition } = planned.entry;
  const node: CircuitNode = {
    index: planned.index,
    planned,
    inputs: definition.inputs.map(({ name }) => name),
    outputs,
    inbox: definition.inputs.map(() => undefined),
    endsSegment:
      definition.kind === 'waiting' ||
      definition.kind === 'catch' ||
      planned.expressions.length > 0 ||
      isLedBackTo,
    counters: { in: 0, errors: 0, deadLetters: 0, retries: 0, busyMs: 0 },
    step: undefined,
    emit: createEmit(planned, outputs, () => node.isActive, failures),
    isActive: false,
    hasMail: false,
  };
  return node;
}

/**
 * Makes the `emit` of a step: messages gather in the buffers of its outputs until its call is over, so that a call that
 * throws has sent nothing.
 */
function createEmit(
  planned: PlannedNode,
  outputs: readonly CircuitOutput[],
  isActive: () => boolean,
  failures: Failure[],
): Emit<string> {
  let last = outputs[0];
  const outputOf = (port: string): CircuitOutput => {
    if (last?.name === port && isActive()) return last;
    if (!isActive()) throw new Error(`${planned.name} sent a message outside of its call.`);
    last = outputs.find(({ name }) => name === port);
    if (last === undefined) throw new Error(`${planned.name} has no output “${port}”.`);
    return last;
  };
  const emit = (port: string, message: Message): void => append(outputOf(port), message);
  return Object.assign(emit, {
    all: (port: string, messages: readonly Message[]) => appendAll(outputOf(port), messages),
    error: (message: Message, sentence: string) => {
      if (!isActive()) throw new Error(`${planned.name} reported an error outside of its call.`);
      failures.push({ port: '', message, sentence });
    },
  });
}

function append(output: CircuitOutput, message: Message): void {
  if (!output.isOwn) {
    output.buffer = output.buffer.length === 0 ? [] : [...output.buffer];
    output.isOwn = true;
  }
  (output.buffer as Message[]).push(message);
}

/** Goes on counting where another circuit of the same flow has come to, for nodes and wires that both have (EN12). */
export function carryCounters(from: Circuit, to: Circuit): void {
  const nodes = new Map(from.nodes.map((node) => [node.planned.id, node]));
  const wires = new Map(from.wires.map(({ key, count }) => [key, count]));
  for (const node of to.nodes) {
    const before = nodes.get(node.planned.id);
    if (before === undefined) continue;
    Object.assign(node.counters, before.counters);
    for (const output of node.outputs)
      output.count = before.outputs.find(({ name }) => name === output.name)?.count ?? 0;
  }
  for (const wire of to.wires) wire.count = wires.get(wire.key) ?? 0;
}

/** Takes the array as it is where the buffer is empty, so that a whole batch goes on without a copy. */
export function appendAll(output: CircuitOutput, messages: readonly Message[]): void {
  if (output.buffer.length === 0) {
    output.buffer = messages;
    output.isOwn = false;
    return;
  }
  for (const message of messages) append(output, message);
}

/** Takes what has gathered at an output. */
export function takeBuffer(output: CircuitOutput): readonly Message[] {
  const messages = output.buffer;
  output.buffer = NOTHING;
  output.isOwn = false;
  return messages;
}
