import { useQuery } from '@tanstack/react-query';
import { useDocument, useSession, useEditor } from '../flow/EditorContext.tsx';
import { Badge } from '../ui/Badge.tsx';
import { Tabs } from '../ui/Tabs.tsx';
import { TraceTab } from '../trace/TraceTab.tsx';
import { failedGroupsQuery } from './failedQueries.ts';
import { FailedTab } from './FailedTab.tsx';
import { MessagesTab } from './MessagesTab.tsx';

/** The bottom dock: what the flow shows, and what it failed on. */
export default function Dock() {
  const { session } = useEditor();
  const selected = useSession(({ dockTab }) => dockTab);
  const tabs = [
    { id: 'messages', label: 'Messages', content: <MessagesTab /> },
    { id: 'failed', label: 'Failed messages', badge: <FailedCount />, content: <FailedTab /> },
    { id: 'trace', label: 'Trace', content: <TraceTab /> },
  ];
  return (
    <Tabs
      label="Messages of the flow"
      isFilling
      tabs={tabs}
      selected={tabs.some(({ id }) => id === selected) ? selected : 'messages'}
      onSelect={(dockTab) => session.set({ dockTab })}
    />
  );
}

function FailedCount() {
  const flow = useDocument((state) => state.about.id);
  const kept = useQuery(failedGroupsQuery(flow)).data?.kept ?? 0;
  return kept === 0 ? null : <Badge tone="danger">{kept.toLocaleString('en')}</Badge>;
}
