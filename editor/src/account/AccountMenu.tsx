import { CircleUserRound, LogOut, Monitor, Moon, Settings, Sun } from 'lucide-react';
import { Button } from 'react-aria-components/Button';
import { useNavigate } from 'react-router';
import { useStore } from 'zustand';
import { ROLE_WORDS } from '../people/roleWords.ts';
import { sentenceOf } from '../state/remoteError.ts';
import { signOut, useUser } from '../state/remoteQueries.ts';
import { chooseTheme, type Theme, themeStore } from '../state/theme.ts';
import { Menu } from '../ui/Menu.tsx';
import { toastFailed } from '../ui/toasts.ts';
import { useWorkspaceActions } from '../workspaces/useWorkspaceActions.ts';

const THEME_ACTIONS = [
  { theme: 'system', label: 'As the system', icon: <Monitor size={16} /> },
  { theme: 'light', label: 'Light', icon: <Sun size={16} /> },
  { theme: 'dark', label: 'Dark', icon: <Moon size={16} /> },
] as const satisfies readonly { theme: Theme; label: string; icon: unknown }[];

/** Who is signed in, how the page looks, and the way out. */
export function AccountMenu() {
  const user = useUser();
  const navigate = useNavigate();
  const { theme } = useStore(themeStore);
  const workspaces = useWorkspaceActions();
  async function leave() {
    try {
      await signOut();
      await navigate('/sign-in');
    } catch (error) {
      toastFailed('You are still signed in', { detail: sentenceOf(error) });
    }
  }
  return (
    <Menu
      label="Account"
      placement="bottom end"
      trigger={
        <Button
          aria-label={`Account of ${user.name}`}
          className="flex h-8 items-center gap-2 rounded-md px-1.5 text-ink-soft data-hovered:bg-hover data-hovered:text-ink"
        >
          <CircleUserRound size={20} aria-hidden="true" />
          <span className="hidden max-w-40 truncate sm:inline">{user.name}</span>
        </Button>
      }
      groups={[
        ...(workspaces.length > 1 ? [{ id: 'workspaces', title: 'Workspace', actions: workspaces }] : []),
        {
          id: 'look',
          title: 'Appearance',
          actions: THEME_ACTIONS.map((action) => ({
            id: action.theme,
            label: action.label,
            icon: action.icon,
            isOn: action.theme === theme,
            onAction: () => chooseTheme(action.theme),
          })),
        },
        {
          id: 'account',
          title: `${user.email} · ${ROLE_WORDS[user.role].title}`,
          actions: [
            {
              id: 'settings',
              label: 'Settings',
              icon: <Settings size={16} />,
              onAction: () => void navigate('/settings'),
            },
            {
              id: 'sign-out',
              label: 'Sign out',
              icon: <LogOut size={16} />,
              onAction: () => void leave(),
            },
          ],
        },
      ]}
    />
  );
}
