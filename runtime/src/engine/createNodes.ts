import { SluiceError } from '@sluice/shared/errors.ts';
import type { SandboxProgram } from '@sluice/shared/node/context.ts';
import type { Running, Source, Step, Waiter } from '@sluice/shared/node/implementNode.ts';
import type { Work } from './calls.ts';
import { stepWork, waiterWork } from './calls.ts';
import type { CircuitNode } from './circuit.ts';
import { createExpressions } from './expressions.ts';
import type { FlowState } from './flowState.ts';
import { createNodeContext } from './nodeContext.ts';
import type { FlowNotices } from './notices.ts';
import { sentenceOf } from './pass.ts';
import type { Plan } from './plan.ts';
import type { OwnedProgram, Shell } from './shell.ts';
import type { FlowTimers } from './timers.ts';

/** A node that was made and is not at work yet. */
export type MadeNode =
  | { readonly kind: 'source'; readonly source: Source<string>; close(): void }
  | { readonly kind: 'step'; readonly step: Step<string, string>; readonly work: Work; close(): void }
  | { readonly kind: 'waiting'; readonly work: Work; close(): void };

export interface NodeMakings {
  readonly plan: Plan;
  readonly shell: Shell;
  readonly state: FlowState;
  readonly timers: FlowTimers;
  /** By what number the timers know a node. */
  readonly slotOf: (node: string) => number;
  readonly notices: FlowNotices;
}

/** Makes these nodes, by id. Throws a sentence for one that cannot be made; then none is left open. */
export function makeNodes(makings: NodeMakings, nodes: readonly CircuitNode[]): Map<string, MadeNode> {
  const made = new Map<string, MadeNode>();
  for (const node of nodes) {
    try {
      made.set(node.planned.id, makeNode(makings, node));
    } catch (error) {
      closeNodes(made);
      throw cannotBeMade(node, error);
    }
  }
  return made;
}

/** Closes nodes; gives the sentences of those that failed to. */
export function closeNodes(
  made: ReadonlyMap<string, MadeNode>,
): readonly { readonly node: string; readonly sentence: string }[] {
  return [...made].flatMap(([node, one]) => {
    try {
      one.close();
      return [];
    } catch (error) {
      return [{ node, sentence: `The node could not be closed: ${sentenceOf(error)}` }];
    }
  });
}

function makeNode({ plan, shell, state, timers, slotOf, notices }: NodeMakings, node: CircuitNode): MadeNode {
  const { planned } = node;
  const { type, kind } = planned.entry.definition;
  const implementation = shell.implementations.get(type);
  if (implementation === undefined) throw new Error(`This Sluice cannot run the node type “${type}”.`);
  const programs: OwnedProgram[] = [];
  const program = (source: Parameters<Shell['program']>[2]): SandboxProgram => {
    const opened = shell.program(plan.flow.id, planned.id, source);
    programs.push(opened);
    return opened;
  };
  const expressions = createExpressions(planned.expressions, (source) =>
    program({ kind: 'expression', source }),
  );
  const context = createNodeContext({
    plan,
    node: planned,
    shell,
    program,
    state: state.of(planned),
    timers: timers.of(slotOf(planned.id)),
    expressions,
    notices,
  });
  const closer = (closeNode: () => void) => () => {
    for (const opened of programs.splice(0)) opened.close();
    closeNode();
  };
  const made = implementation.create(planned.config as never, context);
  switch (kind) {
    case 'source':
      return { kind, source: as<Source<string>>(made, 'start'), close: closer(() => undefined) };
    case 'waiting': {
      const waiter = as<Waiter<string>>(made, 'handle');
      return { kind, work: waiterWork(node, waiter, expressions), close: closer(() => waiter.close?.()) };
    }
    case 'step':
    case 'catch': {
      const step = as<Step<string, string>>(made, 'receive');
      return { kind: 'step', step, work: stepWork(expressions), close: closer(() => step.close?.()) };
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
