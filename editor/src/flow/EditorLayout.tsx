import { lazy, type ReactNode, useEffect, useState, useSyncExternalStore } from 'react';
import { Group, Panel, Separator } from 'react-resizable-panels';
import { Canvas } from '../canvas/Canvas.tsx';
import { tellDrawn } from '../state/firstDrawing.ts';
import { classes } from '../ui/classes.ts';
import { Part } from '../ui/Part.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { useEditor, useSession } from './EditorContext.tsx';
import type { EditorParts } from './editorParts.ts';
import { EmptyCanvas } from './EmptyCanvas.tsx';
import { PhoneLayout } from './PhoneLayout.tsx';
import { LookOnlyBanner, StaleBanner } from './Banners.tsx';
import { TopBar } from './TopBar.tsx';

const LeftPanel = lazy(() => import('./LeftPanel.tsx'));
const Inspector = lazy(() => import('../inspector/Inspector.tsx'));
const Dock = lazy(() => import('../debug/Dock.tsx'));
const Overlays = lazy(() => import('./Overlays.tsx'));

/** What may be asked for while the server is away. Where this fails, it is fetched again, and the failure said, then. */
async function fetchAhead(): Promise<void> {
  await Promise.allSettled([import('./Overlays.tsx'), import('./LeaveDialog.tsx')]);
}

/**
 * The whole editor: the bar, the panels around the canvas, and what is in front of them. The drawing comes first: what
 * stands around it, and what is only shown when asked for, is loaded when the drawing is on the screen.
 */
export function EditorLayout() {
  const isWide = useIsWide();
  const [isDrawn, setIsDrawn] = useState(false);
  useEffect(() => {
    if (!isDrawn) return;
    tellDrawn();
    void fetchAhead();
  }, [isDrawn]);
  const parts: EditorParts = {
    left: (
      <Later isReady={isDrawn}>
        <LeftPanel />
      </Later>
    ),
    canvas: (
      <div data-acts-on-nodes="" className="relative size-full">
        <Canvas isDrawn={isDrawn} onDrawn={() => setIsDrawn(true)} />
        <EmptyCanvas />
      </div>
    ),
    right: (
      <Later isReady={isDrawn}>
        <Inspector />
      </Later>
    ),
    dock: (
      <Later isReady={isDrawn}>
        <Dock />
      </Later>
    ),
  };
  return (
    <div className="relative flex h-full flex-col overflow-hidden bg-ground">
      <TopBar isReady={isDrawn} />
      <LookOnlyBanner />
      <StaleBanner />
      <main className="min-h-0 flex-1" aria-label="Flow editor">
        {isWide ? <WideLayout {...parts} /> : <PhoneLayout {...parts} />}
      </main>
      <Front />
    </div>
  );
}

function WideLayout({ left, canvas, right, dock }: EditorParts) {
  const isLeftOpen = useSession((state) => state.isLeftOpen);
  const isRightOpen = useSession((state) => state.isRightOpen);
  const isDockOpen = useSession((state) => state.isDockOpen);
  const columns = useKeptLayout(`columns ${isLeftOpen ? 'left' : ''} ${isRightOpen ? 'right' : ''}`);
  const rows = useKeptLayout(`rows ${isDockOpen ? 'dock' : ''}`);
  return (
    <Group key={columns.name} orientation="horizontal" className="size-full" {...columns.props}>
      {isLeftOpen && (
        <>
          <Panel id="left" defaultSize={304} minSize={280} maxSize={480} className="bg-surface">
            {left}
          </Panel>
          <Divider />
        </>
      )}
      <Panel id="middle" minSize={320}>
        <Group key={rows.name} orientation="vertical" className="size-full" {...rows.props}>
          <Panel id="canvas" minSize={160}>
            {canvas}
          </Panel>
          {isDockOpen && (
            <>
              <Divider isFlat />
              <Panel id="dock" defaultSize={220} minSize={96} className="bg-surface">
                {dock}
              </Panel>
            </>
          )}
        </Group>
      </Panel>
      {isRightOpen && (
        <>
          <Divider />
          <Panel id="right" defaultSize={340} minSize={260} maxSize={640} className="bg-surface">
            {right}
          </Panel>
        </>
      )}
    </Group>
  );
}

function Divider({ isFlat = false }: { readonly isFlat?: boolean }) {
  return (
    <Separator
      className={classes(
        'shrink-0 bg-line transition-colors data-[separator=active]:bg-accent data-[separator=hover]:bg-line-strong',
        isFlat ? 'h-px' : 'w-px',
      )}
    />
  );
}

/** Sizes as the person left them, for each set of panels that is open. */
function useKeptLayout(name: string) {
  const { session } = useEditor();
  const [first] = useState(() => session.getState().layouts);
  const kept = first[name];
  return {
    name,
    props: {
      ...(kept === undefined ? {} : { defaultLayout: kept }),
      onLayoutChanged: (sizes: Readonly<Record<string, number>>) => session.setLayout(name, sizes),
    },
  };
}

const WIDE = '(min-width: 900px)';

function useIsWide(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const query = matchMedia(WIDE);
      query.addEventListener('change', listener);
      return () => query.removeEventListener('change', listener);
    },
    () => matchMedia(WIDE).matches,
  );
}

/** What is in front of all, while something is. */
function Front() {
  const isEmpty = useSession((state) => state.overlay === undefined);
  if (isEmpty) return null;
  return (
    <Part>
      <Overlays />
    </Part>
  );
}

function Later({ isReady, children }: { readonly isReady: boolean; readonly children: ReactNode }) {
  return isReady ? <Part waiting={<Loading />}>{children}</Part> : <Loading />;
}

function Loading() {
  return (
    <div className="flex h-full items-center justify-center text-ink-soft">
      <Spinner label="Loading" size={16} />
    </div>
  );
}
