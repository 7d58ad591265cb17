import type { Flow, FlowNode, Wire } from '@sluice/shared/flow/flow.ts';
import { ERROR_PORT } from '@sluice/shared/node/defineNode.ts';
import { Plus } from 'lucide-react';
import { NodeIcon } from '../palette/NodeIcon.tsx';
import { fitOfWire } from './connect.ts';
import { describeNode } from './describe.ts';
import type { Editor } from './editor.ts';
import { useDocument, useEditor } from './EditorContext.tsx';
import { readingOrder } from './order.ts';
import { Picker, type Pick } from './Picker.tsx';

/** Wires a node by a list of all places that a wire from it can go to: the mouse is not needed. */
export function ConnectPicker({ node: id }: { readonly node: string }) {
  const editor = useEditor();
  const flow = useDocument((state) => state.flow);
  const node = flow.nodes.find((other) => other.id === id);
  if (node === undefined) return null;
  const picks = connectPicks(editor, flow, node);
  return (
    <Picker
      label={`Connect ${describeNode(node, editor.catalog).name}`}
      placeholder="Connect to…"
      empty="There is nothing that a wire from this node can go to. Add a node with / first."
      onClose={editor.session.closeOverlay}
      find={(search) => {
        const words = search.toLowerCase();
        return picks.filter((pick) => `${pick.title} ${pick.detail ?? ''}`.toLowerCase().includes(words));
      }}
    />
  );
}

function connectPicks(editor: Editor, flow: Flow, node: FlowNode): readonly Pick[] {
  const { catalog, actions, session } = editor;
  const outputs = describeNode(node, catalog).outputs;
  const others = readingOrder(flow).filter((other) => other.id !== node.id);
  return outputs.flatMap((output): Pick[] => {
    const group = outputs.length === 1 ? undefined : `From ${output.title}`;
    const targets = others.flatMap((other): Pick[] => {
      const { name, icon, inputs } = describeNode(other, catalog);
      return inputs.flatMap((input): Pick[] => {
        const wire: Wire = { from: [node.id, output.name], to: [other.id, input.name] };
        if (!fitOfWire(flow, catalog, wire).fits) return [];
        return [
          {
            id: `${output.name} ${other.id} ${input.name}`,
            title: inputs.length === 1 ? name : `${name} · ${input.title}`,
            detail: describeNode(other, catalog).sentence,
            icon: <NodeIcon name={icon} />,
            group,
            run: () => actions.connect(wire.from, wire.to),
          },
        ];
      });
    });
    if (output.name === ERROR_PORT.name) return targets;
    const addNew: Pick = {
      id: `${output.name} new`,
      title: 'A new node…',
      icon: <Plus size={16} aria-hidden="true" />,
      group,
      run: () =>
        session.open({ kind: 'add', request: { from: { side: 'output', end: [node.id, output.name] } } }),
    };
    return [...targets, addNew];
  });
}
