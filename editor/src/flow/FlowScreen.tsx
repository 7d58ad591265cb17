import { catalog } from '@sluice/nodes/catalog.ts';
import type { FlowResource } from '@sluice/shared/protocol/http.ts';
import { useQuery } from '@tanstack/react-query';
import { lazy, useEffect, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { may } from '../account/permission.ts';
import { useAskedPanel } from '../debug/askedPanel.ts';
import { Waiting } from '../routes/Waiting.tsx';
import { usePageTitle } from '../routes/usePageTitle.ts';
import { tellDrawn } from '../state/firstDrawing.ts';
import { connectionsQuery, learnFlow, remote, useUser } from '../state/remoteQueries.ts';
import { liveConnection } from '../state/socket.ts';
import { browserTime } from '../state/time.ts';
import { Button } from '../ui/Button.tsx';
import { ErrorState } from '../ui/ErrorState.tsx';
import { Part } from '../ui/Part.tsx';
import { toastDone, toastFailed } from '../ui/toasts.ts';
import { EditorContext, useDocument } from './EditorContext.tsx';
import { EditorLayout } from './EditorLayout.tsx';
import { newNodeId } from './ids.ts';
import { keptInBrowser } from './keptInBrowser.ts';
import { layoutInWorker } from './layoutInWorker.ts';
import { type OpenEditor, openEditor } from './openEditor.ts';
import { createEditorServer } from './server.ts';
import { useLiveFlow } from './useLiveFlow.ts';
import { useOutboxes } from './useOutboxes.ts';
import { useShortcuts } from './useShortcuts.ts';
import { useUnsavedGuard } from './useUnsavedGuard.ts';

const LeaveDialog = lazy(() => import('./LeaveDialog.tsx'));

/** The flow editor of the flow that the address names. */
export default function FlowScreen() {
  const { id = '' } = useParams();
  const canEdit = may(useUser(), 'saveFlow');
  const flow = useQuery({
    // Somebody who gets another role goes on from what is saved.
    queryKey: ['flow', id, canEdit],
    queryFn: ({ signal }) => remote.call('flow', { params: { id } }, signal),
    // What is open is the person's own from here on: it is read anew each time the editor opens, and never under them.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (flow.isPending) return <Waiting />;
  if (flow.isError) return <NotOpened error={flow.error} onRetry={() => void flow.refetch()} />;
  return <FlowEditor key={`${id} ${canEdit}`} resource={flow.data} />;
}

function NotOpened({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  const navigate = useNavigate();
  useEffect(tellDrawn, []);
  return (
    <main className="flex h-full flex-col items-center justify-center">
      <ErrorState title="The flow could not be opened" error={error} onRetry={onRetry} />
      <Button onPress={() => void navigate('/')}>Back to all flows</Button>
    </main>
  );
}

function FlowEditor({ resource }: { readonly resource: FlowResource }) {
  const user = useUser();
  const canEdit = may(user, 'saveFlow');
  const canRun = may(user, 'stopFlow');
  const [opened, setOpened] = useState<OpenEditor>();
  useEffect(() => {
    const made = openEditor(resource, {
      server: createEditorServer(resource.id, remote, liveConnection().ask),
      catalog,
      time: browserTime,
      kept: keptInBrowser(`sluice.session.${user.id}`),
      notices: { success: toastDone, error: toastFailed },
      newId: newNodeId,
      layout: layoutInWorker,
      canEdit,
      canRun,
    });
    // The editor lives as long as this effect: it saves, listens and has to be closed, so no render can make it.
    // oxlint-disable-next-line react/set-state-in-effect
    setOpened(made);
    return () => {
      learnFlow(resource.id, made.editor.document.getState().about);
      made.close();
    };
  }, [resource, user.id, canEdit, canRun]);
  return opened === undefined ? <Waiting /> : <RunningEditor opened={opened} />;
}

function RunningEditor({ opened }: { readonly opened: OpenEditor }) {
  const { editor, problems } = opened;
  const connections = useQuery(connectionsQuery).data;
  useEffect(() => {
    if (connections !== undefined)
      problems.setConnections(new Map(connections.map(({ id, type }) => [id, type])));
  }, [connections, problems]);
  useLiveFlow(editor);
  useAskedPanel(editor);
  useOutboxes(editor);
  useShortcuts(editor);
  const blocker = useUnsavedGuard(editor);
  return (
    <EditorContext value={editor}>
      <Title />
      <EditorLayout />
      {blocker.state === 'blocked' && (
        <Part>
          <LeaveDialog onStay={() => blocker.reset()} onLeave={() => blocker.proceed()} />
        </Part>
      )}
    </EditorContext>
  );
}

function Title() {
  usePageTitle(useDocument((state) => state.flow.name));
  return null;
}
