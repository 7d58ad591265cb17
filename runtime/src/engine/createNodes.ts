import { SluiceError } from '@sluice/shared/errors.ts';
import type { Running, Source, Step, Waiter } from '@sluice/shared/node/implementNode.ts';
import type { Work } from './calls.ts';
import { stepWork, waiterWork } from './calls.ts';
import type { Circuit, CircuitNode } from './circuit.ts';
import { createExpressions } from './expressions.ts';
import type { FlowState } from './flowState.ts';
import { createNodeContext } from './nodeContext.ts';
import type { FlowNotices } from './notices.ts';
import { sentenceOf } from './pass.ts';
import type { Plan } from './plan.ts';
import type { Shell } from './shell.ts';
import type { FlowTimers } from './timers.ts';

/** The nodes of a plan, made and not yet at work. By index of the node. */
export interface CreatedNodes {
  readonly sources: ReadonlyMap<number, Source<string>>;
  /** What the nodes do that end a segment. */
  readonly works: ReadonlyMap<number, Work>;
  /** Closes every node. Gives the sentences of those that failed to. */
  close(): readonly { readonly node: string; readonly sentence: string }[];
}

export interface NodeMakings {
  readonly plan: Plan;
  readonly shell: Shell;
  readonly circuit: Circuit;
  readonly state: FlowState;
  readonly timers: FlowTimers;
  readonly notices: FlowNotices;
}

/** Makes all nodes and puts the steps into the circuit. Throws a sentence for one that cannot be made. */
export function createNodes(makings: NodeMakings): CreatedNodes {
  const sources = new Map<number, Source<string>>();
  const works = new Map<number, Work>();
  const closers: { readonly node: string; readonly close: () => void }[] = [];
  const close = () =>
    closers.splice(0).flatMap(({ node, close: closeNode }) => {
      try {
        closeNode();
        return [];
      } catch (error) {
        return [{ node, sentence: `The node could not be closed: ${sentenceOf(error)}` }];
      }
    });
  for (const node of makings.circuit.nodes) {
    try {
      const made = createNode(makings, node);
      if (made.kind === 'source') sources.set(node.index, made.source);
      else {
        if (made.kind === 'step') node.step = made.step;
        if (node.endsSegment) works.set(node.index, made.work);
        closers.push({ node: node.planned.id, close: made.close });
      }
    } catch (error) {
      close();
      throw cannotBeMade(node, error);
    }
  }
  return { sources, works, close };
}

type Created =
  | { readonly kind: 'source'; readonly source: Source<string> }
  | {
      readonly kind: 'step';
      readonly step: Step<string, string>;
      readonly work: Work;
      readonly close: () => void;
    }
  | { readonly kind: 'waiting'; readonly work: Work; readonly close: () => void };

function createNode({ plan, shell, state, timers, notices }: NodeMakings, node: CircuitNode): Created {
  const { planned } = node;
  const { type, kind } = planned.entry.definition;
  const implementation = shell.implementations.get(type);
  if (implementation === undefined) throw new Error(`This Sluice cannot run the node type “${type}”.`);
  const expressions = createExpressions(planned.expressions, (source) =>
    shell.program(plan.flow.id, planned.id, { kind: 'expression', source }),
  );
  const context = createNodeContext({
    plan,
    node: planned,
    shell,
    state: state.of(planned),
    timers: timers.of(node.index),
    expressions,
    notices,
  });
  const made = implementation.create(planned.config as never, context);
  switch (kind) {
    case 'source':
      return { kind, source: as<Source<string>>(made, 'start') };
    case 'waiting': {
      const waiter = as<Waiter<string>>(made, 'handle');
      return { kind, work: waiterWork(node, waiter, expressions), close: () => waiter.close?.() };
    }
    case 'step':
    case 'catch': {
      const step = as<Step<string, string>>(made, 'receive');
      return { kind: 'step', step, work: stepWork(node, expressions), close: () => step.close?.() };
    }
    case 'note':
      throw new Error('A note does not run.');
  }
}

/** Which of the three a node is, is said by its definition; here the implementation is held to it. */
function as<Made extends Running<string, string>>(
  made: Running<string, string>,
  method: keyof Made & string,
) {
  if (!(method in made)) throw new Error(`Its implementation has no “${method}”.`);
  return made as Made;
}

function cannotBeMade({ planned }: CircuitNode, cause: unknown): SluiceError {
  return new SluiceError('invalid-flow', `“${planned.name}” cannot be started: ${sentenceOf(cause)}`, {
    cause,
    details: { node: planned.id },
  });
}
