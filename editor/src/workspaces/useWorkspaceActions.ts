import { useQuery } from '@tanstack/react-query';
import { sentenceOf } from '../state/remoteError.ts';
import { accountQuery, useUser } from '../state/remoteQueries.ts';
import type { MenuAction } from '../ui/Menu.tsx';
import { toastFailed } from '../ui/toasts.ts';
import { goToWorkspace } from './goToWorkspace.ts';

/** The workspaces of this person as what a menu offers: the one that they are in is on, any other is gone to. */
export function useWorkspaceActions(): readonly MenuAction[] {
  const here = useUser().workspace;
  const account = useQuery(accountQuery).data;
  return (account?.workspaces ?? []).map(({ workspace, name }) => ({
    id: workspace,
    label: name,
    isOn: workspace === here,
    onAction: () => {
      if (workspace !== here) void go(workspace, name);
    },
  }));
}

async function go(workspace: string, name: string): Promise<void> {
  try {
    await goToWorkspace(workspace);
  } catch (error) {
    toastFailed(`You are not in “${name}”`, { detail: sentenceOf(error) });
  }
}
