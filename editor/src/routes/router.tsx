import type { ComponentType } from 'react';
import { createBrowserRouter, type RouteObject } from 'react-router';
import { RouteError } from './RouteError.tsx';
import { SignedIn } from './SignedIn.tsx';
import { Waiting } from './Waiting.tsx';

/** A screen that is loaded when it is first opened. */
function screen(load: () => Promise<{ default: ComponentType }>): NonNullable<RouteObject['lazy']> {
  return async () => ({ Component: (await load()).default });
}

const development: RouteObject[] = import.meta.env.DEV
  ? [{ path: 'ui', lazy: screen(() => import('../ui/gallery/GalleryScreen.tsx')) }]
  : [];

export const router = createBrowserRouter([
  {
    ErrorBoundary: RouteError,
    HydrateFallback: Waiting,
    children: [
      { path: 'first-start', lazy: screen(() => import('../account/FirstStartScreen.tsx')) },
      { path: 'sign-in', lazy: screen(() => import('../account/SignInScreen.tsx')) },
      { path: 'invitation', lazy: screen(() => import('../account/InvitationScreen.tsx')) },
      ...development,
      {
        Component: SignedIn,
        children: [
          {
            path: 'flows/:id',
            ErrorBoundary: RouteError,
            lazy: screen(() => import('../flow/FlowScreen.tsx')),
          },
          {
            lazy: screen(() => import('./Shell.tsx')),
            children: [
              {
                ErrorBoundary: RouteError,
                children: [
                  { index: true, lazy: screen(() => import('../home/HomeScreen.tsx')) },
                  { path: 'devices', lazy: screen(() => import('../devices/DevicesScreen.tsx')) },
                  { path: 'connections', lazy: screen(() => import('../settings/ConnectionsScreen.tsx')) },
                  { path: 'health', lazy: screen(() => import('../metrics/HealthScreen.tsx')) },
                  {
                    path: 'settings',
                    lazy: screen(() => import('../settings/SettingsLayout.tsx')),
                    children: [
                      { index: true, lazy: screen(() => import('../settings/SettingsScreen.tsx')) },
                      { path: 'account', lazy: screen(() => import('../account/AccountScreen.tsx')) },
                      { path: 'tokens', lazy: screen(() => import('../account/TokensScreen.tsx')) },
                      { path: 'people', lazy: screen(() => import('../people/PeopleScreen.tsx')) },
                      {
                        path: 'workspaces',
                        lazy: screen(() => import('../workspaces/WorkspacesScreen.tsx')),
                      },
                      { path: 'audit', lazy: screen(() => import('../audit/AuditScreen.tsx')) },
                    ],
                  },
                  { path: '*', lazy: screen(() => import('./NotFound.tsx')) },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
]);
