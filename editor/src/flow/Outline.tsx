import type { Flow, FlowNode } from '@sluice/shared/flow/flow.ts';
import type { NodeCatalog } from '@sluice/shared/node/catalog.ts';
import { ERROR_PORT } from '@sluice/shared/node/defineNode.ts';
import { Workflow } from 'lucide-react';
import { NodeIcon } from '../palette/NodeIcon.tsx';
import { Button } from '../ui/Button.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Tree, type TreeBranch } from '../ui/Tree.tsx';
import { describeNode } from './describe.ts';
import { useDocument, useEditor, useProblems, useSession } from './EditorContext.tsx';
import { readingOrder } from './order.ts';

const SEPARATOR = '\n';

/** The flow as words: nodes in order, each with its outputs and where they lead. All that the canvas can do can be done from here. */
export default function Outline() {
  const { catalog, actions, session, canEdit } = useEditor();
  const flow = useDocument((state) => state.flow);
  const selected = useSession(({ selection }) => selection.nodes[0]);
  const problems = useProblems();
  if (flow.nodes.length === 0) {
    return (
      <EmptyState
        icon={<Workflow size={20} aria-hidden="true" />}
        title="No nodes yet"
        action={
          canEdit && <Button onPress={() => session.open({ kind: 'add', request: {} })}>Add a node</Button>
        }
      />
    );
  }
  const wrong = new Set(problems.map((problem) => problem.node));
  return (
    <div data-acts-on-nodes="" className="p-2">
      <p className="px-2 pb-2 text-small text-ink-soft">
        {flow.nodes.length === 1 ? '1 node' : `${flow.nodes.length} nodes`}.{' '}
        {canEdit ? 'C connects, Enter sets up, Delete takes away, / adds.' : 'Enter shows the settings.'}
      </p>
      <Tree
        label="Outline of the flow"
        branches={readingOrder(flow).map((node, index) =>
          branchOf(flow, node, index + 1, catalog, wrong.has(node.id)),
        )}
        selected={selected}
        onSelect={(id) => actions.goTo(nodeOfBranch(id))}
        onOpen={(id) => session.focusField(nodeOfBranch(id))}
      />
    </div>
  );
}

/** A branch is a node, or a wire that leads to one: choosing it goes there. */
function nodeOfBranch(id: string): string {
  return id.split(SEPARATOR).at(-1) ?? id;
}

function branchOf(
  flow: Flow,
  node: FlowNode,
  step: number,
  catalog: NodeCatalog,
  isWrong: boolean,
): TreeBranch {
  const { name, sentence, icon, outputs } = describeNode(node, catalog);
  const problem = isWrong ? ' Has a problem.' : '';
  return {
    id: node.id,
    text: `${step}. ${name}: ${sentence}.${problem}`,
    content: (
      <span className="flex min-w-0 items-center gap-2 py-1" title={sentence}>
        <NodeIcon name={icon} size={14} />
        <span className="shrink-0 font-medium">{name}</span>
        <span className={isWrong ? 'truncate text-danger' : 'truncate text-ink-soft'}>{sentence}</span>
      </span>
    ),
    children: outputs.flatMap((port): TreeBranch[] => {
      const wires = flow.wires.filter(({ from }) => from[0] === node.id && from[1] === port.name);
      if (wires.length === 0 && port.name === ERROR_PORT.name) return [];
      if (wires.length === 0)
        return [
          { id: [node.id, port.name, node.id].join(SEPARATOR), text: `${port.title}: leads nowhere yet` },
        ];
      return wires.map((wire) => ({
        id: [node.id, port.name, wire.to[1], wire.to[0]].join(SEPARATOR),
        text: `${port.title} → ${nameOf(flow, wire.to[0], catalog)}`,
      }));
    }),
  };
}

function nameOf(flow: Flow, id: string, catalog: NodeCatalog): string {
  const node = flow.nodes.find((other) => other.id === id);
  return node === undefined ? id : describeNode(node, catalog).name;
}
