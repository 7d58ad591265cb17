import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import { Collection } from 'react-aria-components/Collection';
import { Tree as AriaTree, TreeItem, TreeItemContent } from 'react-aria-components/Tree';
import { classes } from './classes.ts';

export interface TreeBranch {
  readonly id: string;
  /** Its name for screen readers and for finding it by typing. */
  readonly text: string;
  /** What is shown; the text by default. */
  readonly content?: ReactNode;
  readonly children?: readonly TreeBranch[] | undefined;
}

export interface TreeProps {
  readonly label: string;
  readonly branches: readonly TreeBranch[];
  readonly selected?: string | undefined;
  readonly onSelect?: ((id: string) => void) | undefined;
  /** A double click, or Enter. */
  readonly onOpen?: ((id: string) => void) | undefined;
  /** Open from the start. */
  readonly expanded?: readonly string[] | undefined;
  readonly empty?: string | undefined;
}

/** Things within things. Arrow keys go through it, left and right close and open. */
export function Tree(props: TreeProps) {
  const { label, branches, selected, onSelect, onOpen, expanded = [], empty = 'Nothing here yet.' } = props;
  return (
    <AriaTree
      aria-label={label}
      items={branches}
      selectionMode={onSelect === undefined ? 'none' : 'single'}
      selectionBehavior="replace"
      selectedKeys={selected === undefined ? [] : [selected]}
      onSelectionChange={(keys) => {
        if (keys === 'all') return;
        const [first] = keys;
        if (first !== undefined) onSelect?.(String(first));
      }}
      defaultExpandedKeys={expanded}
      {...(onOpen === undefined ? {} : { onAction: (key) => onOpen(String(key)) })}
      renderEmptyState={() => <p className="px-2 py-1 text-ink-soft">{empty}</p>}
      className="outline-none"
    >
      {(branch) => <Branch branch={branch} />}
    </AriaTree>
  );
}

function Branch({ branch }: { readonly branch: TreeBranch }) {
  const children = branch.children ?? [];
  return (
    <TreeItem
      id={branch.id}
      textValue={branch.text}
      className="rounded-sm outline-none data-focus-visible:-outline-offset-2 data-hovered:bg-hover data-selected:bg-selected"
    >
      <TreeItemContent>
        {({ hasChildItems, isExpanded, level }) => (
          <div
            className="flex min-h-6 items-center gap-1 pr-2"
            style={{ paddingInlineStart: `${(level - 1) * 16}px` }}
          >
            {hasChildItems ? (
              <Button
                slot="chevron"
                className="flex size-6 shrink-0 items-center justify-center rounded-sm text-ink-soft data-hovered:bg-hover"
              >
                <ChevronRight
                  size={14}
                  className={classes('transition-transform', isExpanded && 'rotate-90')}
                  aria-hidden="true"
                />
              </Button>
            ) : (
              <span className="size-6 shrink-0" />
            )}
            <span className="min-w-0 flex-1 truncate">{branch.content ?? branch.text}</span>
          </div>
        )}
      </TreeItemContent>
      <Collection items={children}>{(child) => <Branch branch={child} />}</Collection>
    </TreeItem>
  );
}
