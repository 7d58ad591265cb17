import type { CatalogEntry } from '@sluice/shared/node/catalog.ts';
import { useState } from 'react';
import { useEditor } from '../flow/EditorContext.tsx';
import { classes } from '../ui/classes.ts';
import { SearchField } from '../ui/SearchField.tsx';
import { STRIPS } from './categoryLook.ts';
import { dragPreset } from './drag.ts';
import { NodeIcon } from './NodeIcon.tsx';
import { groupsOf, searchNodes } from './searchNodes.ts';

/** All node types: to drag onto the canvas, or to add by a click or Enter. */
export function Palette() {
  const { catalog, actions } = useEditor();
  const [search, setSearch] = useState('');
  const found = searchNodes(catalog, search);
  const isSearching = search.trim() !== '';
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="shrink-0 p-3 pb-2">
        <SearchField
          label="Search nodes"
          value={search}
          onChange={setSearch}
          onSubmit={() => {
            const best = found[0];
            if (best !== undefined && isSearching) actions.addNode(best.definition.type);
          }}
        />
      </div>
      <div className="relative min-h-0 flex-1 overflow-auto px-2 pb-3">
        {found.length === 0 && (
          <p className="px-2 py-2 text-ink-soft">
            No node type is found by “{search}”. Try another word, such as “limit” or “mail”.
          </p>
        )}
        {isSearching ? (
          <NodeTypes label="Found" entries={found} isWordy />
        ) : (
          groupsOf(found).map(({ category, title, entries }) => (
            <section key={category} aria-label={title}>
              <h2 className="px-2 pt-3 pb-1 text-small font-medium text-ink-soft">{title}</h2>
              <NodeTypes label={title} entries={entries} isWordy={false} />
            </section>
          ))
        )}
      </div>
    </div>
  );
}

interface NodeTypesProps {
  readonly label: string;
  readonly entries: readonly CatalogEntry[];
  /** Each with its summary; else only the one that has the focus or the mouse. */
  readonly isWordy: boolean;
}

function NodeTypes({ label, entries, isWordy }: NodeTypesProps) {
  return (
    <ul aria-label={label}>
      {entries.map((entry) => (
        <li key={entry.definition.type}>
          <NodeType entry={entry} isWordy={isWordy} />
        </li>
      ))}
    </ul>
  );
}

function NodeType({ entry, isWordy }: { readonly entry: CatalogEntry; readonly isWordy: boolean }) {
  const { actions } = useEditor();
  const { type, title, summary, icon, category } = entry.definition;
  return (
    <button
      type="button"
      draggable
      onDragStart={(event) => dragPreset(event.dataTransfer, { type })}
      onClick={() => actions.addNode(type)}
      className="group flex w-full items-start gap-2.5 rounded-md px-2 py-1.5 text-left hover:bg-hover focus-visible:-outline-offset-2"
    >
      <span className="relative flex size-7 shrink-0 items-center justify-center rounded-sm border border-line bg-surface text-ink-soft">
        <span className={classes('absolute inset-y-0 left-0 w-[3px] rounded-l-sm', STRIPS[category])} />
        <NodeIcon name={icon} />
      </span>
      <span className="min-w-0 flex-1">
        <span className="block truncate leading-7">{title}</span>
        <span
          className={classes(
            'text-small text-ink-soft',
            isWordy ? 'block' : 'sr-only group-hover:not-sr-only group-focus-visible:not-sr-only',
          )}
        >
          {summary}
        </span>
      </span>
    </button>
  );
}
