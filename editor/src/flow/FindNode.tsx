import { NodeIcon } from '../palette/NodeIcon.tsx';
import { describeNode } from './describe.ts';
import { useDocument, useEditor } from './EditorContext.tsx';
import { readingOrder } from './order.ts';
import { Picker } from './Picker.tsx';

/** Finds a node by its name, its sentence, or anything in its settings. */
export function FindNode() {
  const { catalog, actions, session, view } = useEditor();
  const flow = useDocument((state) => state.flow);
  return (
    <Picker
      label="Find a node"
      placeholder="Find in names, sentences and settings…"
      empty="No node has that in its name or its settings."
      onClose={session.closeOverlay}
      find={(search) => {
        const words = search.trim().toLowerCase();
        return readingOrder(flow)
          .map((node) => ({ node, description: describeNode(node, catalog) }))
          .filter(({ node, description }) =>
            `${description.name} ${description.title} ${description.sentence} ${node.id} ${JSON.stringify(node.config)}`
              .toLowerCase()
              .includes(words),
          )
          .map(({ node, description }) => ({
            id: node.id,
            title: description.name,
            detail: description.sentence,
            icon: <NodeIcon name={description.icon} />,
            run() {
              actions.goTo(node.id);
              view.current?.focusNode(node.id);
            },
          }));
      }}
    />
  );
}
