import { ChevronDown } from 'lucide-react';
import { Button } from 'react-aria-components/Button';
import { Menu } from '../ui/Menu.tsx';
import { useWorkspaceActions } from './useWorkspaceActions.ts';

/** Which workspace this is, and the way to the others; for people who are in more than one. */
export function WorkspaceSwitch() {
  const actions = useWorkspaceActions();
  const here = actions.find(({ isOn }) => isOn);
  if (here === undefined || actions.length < 2) return null;
  return (
    <Menu
      label="Workspaces"
      trigger={
        <Button
          aria-label={`Workspace ${here.label}: choose another`}
          className="flex h-8 min-w-0 items-center gap-1 rounded-md border border-line px-1.5 text-ink data-hovered:bg-hover sm:px-2"
        >
          <span className="max-w-72 truncate sm:max-w-40">{here.label}</span>
          <ChevronDown size={14} className="shrink-0 text-ink-soft" aria-hidden="true" />
        </Button>
      }
      groups={[{ id: 'workspaces', title: 'Go on in', actions }]}
    />
  );
}
