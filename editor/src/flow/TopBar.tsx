import { ArrowLeft, EllipsisVertical, PanelBottom, PanelLeft, PanelRight } from 'lucide-react';
import { lazy, useState } from 'react';
import { useNavigate } from 'react-router';
import { DeployButton } from '../deploy/DeployButton.tsx';
import { DeploymentStatus } from '../deploy/DeploymentStatus.tsx';
import { BareIconButton } from '../ui/BareIconButton.tsx';
import { LaterIconButton } from '../ui/LaterIconButton.tsx';
import { Part } from '../ui/Part.tsx';
import { useDocument, useEditor, useSession } from './EditorContext.tsx';
import { SaveStatus } from './SaveStatus.tsx';
import { Steps } from './Steps.tsx';

const FlowMenu = lazy(() => import('./FlowMenu.tsx'));

/**
 * The bar of the flow editor: what is open, how it stands, and what is done with the whole of it. Its menu is loaded when
 * `isReady` says that the drawing is there.
 */
export function TopBar({ isReady }: { readonly isReady: boolean }) {
  const navigate = useNavigate();
  return (
    <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line bg-surface px-2">
      <LaterIconButton
        icon={<ArrowLeft size={18} />}
        label="Back to all flows"
        onPress={() => void navigate('/')}
      />
      <div className="flex min-w-0 flex-1 items-baseline gap-3">
        <FlowName />
        <span className="hidden min-w-0 items-baseline gap-3 overflow-hidden md:flex">
          <SaveStatus />
          <DeploymentStatus />
        </span>
      </div>
      <span className="hidden sm:block">
        <Steps />
      </span>
      <PanelButtons />
      <DeployButton />
      {isReady ? (
        <Part waiting={<MenuToCome />} failed={<MenuToCome />}>
          <FlowMenu />
        </Part>
      ) : (
        <MenuToCome />
      )}
    </header>
  );
}

/** The name, to change it in place: Enter takes it, Escape leaves it as it was. */
function FlowName() {
  const { actions, canEdit } = useEditor();
  const name = useDocument((state) => state.flow.name);
  const [draft, setDraft] = useState<string>();
  return (
    <h1 className="min-w-0 shrink">
      <input
        aria-label="Name of the flow"
        value={draft ?? name}
        maxLength={200}
        readOnly={!canEdit}
        spellCheck={false}
        size={Math.max((draft ?? name).length, 4)}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={() => {
          if (draft !== undefined && canEdit) actions.rename(draft);
          setDraft(undefined);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur();
          if (event.key !== 'Escape') return;
          setDraft(name);
          event.currentTarget.select();
        }}
        className="field-sizing-content h-8 max-w-full min-w-12 truncate rounded-md px-2 text-operator font-semibold hover:bg-hover focus:bg-sunken focus-visible:-outline-offset-1"
      />
    </h1>
  );
}

function PanelButtons() {
  const { session } = useEditor();
  const isLeftOpen = useSession((state) => state.isLeftOpen);
  const isRightOpen = useSession((state) => state.isRightOpen);
  const isDockOpen = useSession((state) => state.isDockOpen);
  return (
    <div role="group" aria-label="Panels" className="hidden items-center lg:flex">
      <LaterIconButton
        icon={<PanelLeft size={18} />}
        label={isLeftOpen ? 'Hide the left panel' : 'Show the left panel'}
        shortcut="Ctrl+B"
        onPress={() => session.set({ isLeftOpen: !isLeftOpen })}
      />
      <LaterIconButton
        icon={<PanelBottom size={18} />}
        label={isDockOpen ? 'Hide the messages' : 'Show the messages'}
        shortcut="Ctrl+J"
        onPress={() => session.set({ isDockOpen: !isDockOpen })}
      />
      <LaterIconButton
        icon={<PanelRight size={18} />}
        label={isRightOpen ? 'Hide the right panel' : 'Show the right panel'}
        shortcut="Ctrl+I"
        onPress={() => session.set({ isRightOpen: !isRightOpen })}
      />
    </div>
  );
}

/** Keeps the place of the menu. */
function MenuToCome() {
  return <BareIconButton icon={<EllipsisVertical size={18} />} label="Flow menu" isDisabled />;
}
