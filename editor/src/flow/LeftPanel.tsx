import { lazy } from 'react';
import { Palette } from '../palette/Palette.tsx';
import { Waiting } from '../routes/Waiting.tsx';
import { LEFT_TABS } from '../state/session.ts';
import { Badge } from '../ui/Badge.tsx';
import { Part } from '../ui/Part.tsx';
import { Tabs } from '../ui/Tabs.tsx';
import { useEditor, useProblems, useSession } from './EditorContext.tsx';
import { ProblemList } from './ProblemList.tsx';

const DeviceList = lazy(() => import('../palette/DeviceList.tsx'));
const Outline = lazy(() => import('./Outline.tsx'));

/** The left panel: what can be added, what is there, what reports, what is wrong. */
export default function LeftPanel() {
  const { session, canEdit } = useEditor();
  const chosen = useSession((state) => state.leftTab);
  const selected = !canEdit && chosen === 'add' ? 'outline' : chosen;
  const problems = useProblems();
  const hasErrors = problems.some((problem) => problem.severity === 'error');
  const badge =
    problems.length === 0 ? undefined : (
      <Badge tone={hasErrors ? 'danger' : 'caution'}>{problems.length}</Badge>
    );
  return (
    <Tabs
      label="Left panel"
      isFilling
      selected={selected}
      onSelect={(id) => {
        const leftTab = LEFT_TABS.find((tab) => tab === id);
        if (leftTab !== undefined) session.set({ leftTab });
      }}
      tabs={[
        ...(canEdit ? [{ id: 'add', label: 'Add', content: <Palette /> }] : []),
        {
          id: 'outline',
          label: 'Outline',
          content: (
            <Part waiting={<Waiting />}>
              <Outline />
            </Part>
          ),
        },
        {
          id: 'devices',
          label: 'Devices',
          content: (
            <Part waiting={<Waiting />}>
              <DeviceList />
            </Part>
          ),
        },
        { id: 'problems', label: 'Problems', badge, content: <ProblemList /> },
      ]}
    />
  );
}
