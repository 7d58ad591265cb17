import type { CatalogEntry } from '@sluice/shared/node/catalog.ts';
import { useEditor } from '../flow/EditorContext.tsx';
import { Picker, type Pick } from '../flow/Picker.tsx';
import type { AddRequest } from '../state/session.ts';
import { NodeIcon } from './NodeIcon.tsx';
import { fittingTypes, groupsOf, searchNodes } from './searchNodes.ts';

/** The menu of node types, where one asked for it; what is chosen is added there and wired. */
export function AddMenu({ request }: { readonly request: AddRequest }) {
  const { catalog, actions, session, view } = useEditor();
  const { from, at, screen } = request;
  const toPick = (entry: CatalogEntry, group?: string): Pick => ({
    id: entry.definition.type,
    title: entry.definition.title,
    detail: entry.definition.summary,
    icon: <NodeIcon name={entry.definition.icon} />,
    group,
    run() {
      const id = actions.addNode(entry.definition.type, {
        ...(at === undefined ? {} : { at }),
        ...(from === undefined ? {} : { from }),
      });
      view.current?.focusNode(id);
    },
  });
  return (
    <Picker
      label={from === undefined ? 'Add a node' : `Add a node and wire it to ${from.end[1]}`}
      placeholder="Add a node…"
      empty="No node type is called that. Try another word, such as “limit” or “mail”."
      at={screen}
      onClose={session.closeOverlay}
      find={(search) => {
        const found = fittingTypes(searchNodes(catalog, search), from);
        if (search.trim() !== '') return found.map((entry) => toPick(entry));
        return groupsOf(found).flatMap(({ title, entries }) => entries.map((entry) => toPick(entry, title)));
      }}
    />
  );
}
