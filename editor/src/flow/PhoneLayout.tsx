import { ListTree, MessagesSquare, Plus, SlidersHorizontal, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useIsFailedAsked } from '../debug/askedPanel.ts';
import { DeploymentStatus } from '../deploy/DeploymentStatus.tsx';
import { BareIconButton } from '../ui/BareIconButton.tsx';
import { classes } from '../ui/classes.ts';
import { useEditor, useSession } from './EditorContext.tsx';
import type { EditorParts } from './editorParts.ts';
import { SaveStatus } from './SaveStatus.tsx';
import { Steps } from './Steps.tsx';

type Drawer = 'left' | 'right' | 'dock';

interface DrawerWay {
  readonly id: Drawer;
  readonly label: string;
  readonly icon: ReactNode;
  /** Of those who may not change the flow. */
  readonly lookingIcon?: ReactNode;
}

const DRAWERS: readonly DrawerWay[] = [
  {
    id: 'left',
    label: 'Nodes',
    icon: <Plus size={18} aria-hidden="true" />,
    lookingIcon: <ListTree size={18} aria-hidden="true" />,
  },
  { id: 'right', label: 'Set up', icon: <SlidersHorizontal size={18} aria-hidden="true" /> },
  { id: 'dock', label: 'Messages', icon: <MessagesSquare size={18} aria-hidden="true" /> },
];

/** On a narrow screen the canvas has all the room, and the panels come up from below one at a time. */
export function PhoneLayout(parts: EditorParts) {
  const { canEdit } = useEditor();
  const isFailedAsked = useIsFailedAsked();
  const [open, setOpen] = useState<Drawer | undefined>(isFailedAsked ? 'dock' : undefined);
  const asked = useSession((state) => state.focus?.count);
  const chosen = useSession((state) => state.selection.nodes[0]);
  const [seen, setSeen] = useState({ asked, chosen });
  if (seen.asked !== asked || seen.chosen !== chosen) {
    setSeen({ asked, chosen });
    if (seen.asked !== asked) setOpen('right');
    // A node that was just added, or gone to from a message, is to be seen.
    else if (open !== 'right' && chosen !== undefined) setOpen(undefined);
  }
  const drawer = DRAWERS.find(({ id }) => id === open);
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-10 shrink-0 items-center gap-3 border-b border-line bg-surface pr-3 pl-2 text-small">
        <span className="sm:hidden">
          <Steps />
        </span>
        <span className="flex min-w-0 flex-1 items-center justify-end gap-3 md:hidden">
          <SaveStatus />
          <DeploymentStatus />
        </span>
      </div>
      <div className="relative min-h-0 flex-1">
        {parts.canvas}
        {drawer !== undefined && (
          <section
            aria-label={drawer.label}
            className="appear absolute inset-x-0 bottom-0 z-20 flex h-[70%] flex-col rounded-t-md border-t border-line bg-surface shadow-raised"
          >
            <div className="absolute top-1 right-1 z-10">
              <BareIconButton
                icon={<X size={18} />}
                label={`Close ${drawer.label}`}
                onPress={() => setOpen(undefined)}
              />
            </div>
            <div className="min-h-0 flex-1 pr-10">{parts[drawer.id]}</div>
          </section>
        )}
      </div>
      <nav
        aria-label="Panels"
        className="flex shrink-0 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)]"
      >
        {DRAWERS.map(({ id, label, icon, lookingIcon = icon }) => (
          <button
            key={id}
            type="button"
            aria-pressed={open === id}
            onClick={() => setOpen(open === id ? undefined : id)}
            className={classes(
              'flex h-12 flex-1 flex-col items-center justify-center text-small focus-visible:-outline-offset-2',
              open === id ? 'text-accent-text' : 'text-ink-soft',
            )}
          >
            {canEdit ? icon : lookingIcon}
            {label}
          </button>
        ))}
      </nav>
    </div>
  );
}
