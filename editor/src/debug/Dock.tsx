import { useSession, useEditor } from '../flow/EditorContext.tsx';
import { Tabs } from '../ui/Tabs.tsx';
import { TraceTab } from '../trace/TraceTab.tsx';
import { FailedTab } from './FailedTab.tsx';
import { MessagesTab } from './MessagesTab.tsx';

/** The bottom dock: what the flow shows, and what it failed on. */
export default function Dock() {
  const { session } = useEditor();
  const selected = useSession(({ dockTab }) => dockTab);
  const tabs = [
    { id: 'messages', label: 'Messages', content: <MessagesTab /> },
    { id: 'failed', label: 'Failed messages', content: <FailedTab /> },
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
