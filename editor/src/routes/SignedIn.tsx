import { useQuery } from '@tanstack/react-query';
import { lazy, useEffect } from 'react';
import { Navigate, Outlet, useLocation } from 'react-router';
import { useStore } from 'zustand';
import { firstDrawing } from '../state/firstDrawing.ts';
import { RemoteError } from '../state/remoteError.ts';
import { sessionElsewhere, sessionExpiry, sessionQuery } from '../state/remoteQueries.ts';
import { liveConnection } from '../state/socket.ts';
import { ErrorState } from '../ui/ErrorState.tsx';
import { Part } from '../ui/Part.tsx';
import { Waiting } from './Waiting.tsx';

const SignInAgain = lazy(() => import('../account/SignInAgain.tsx'));
const SessionElsewhere = lazy(() => import('../workspaces/SessionElsewhere.tsx'));
const NoWorkspace = lazy(() => import('../workspaces/NoWorkspace.tsx'));
/** What they speak of, the live connection and the server's health, is followed from the first drawing on. */
const ServerBanners = lazy(async () => {
  await firstDrawing;
  return await import('./ServerBanners.tsx');
});

const AGAIN_MS = 3_000;

/** Everything that needs somebody signed in: finds out who, keeps the live connection, and leads to the sign-in. */
export function SignedIn() {
  const session = useQuery({
    ...sessionQuery,
    refetchInterval: (query) => (query.state.status === 'error' ? AGAIN_MS : false),
  });
  const { pathname, search } = useLocation();
  if (session.data === null) {
    const next = encodeURIComponent(pathname + search);
    return <Navigate to={pathname === '/' ? '/sign-in' : `/sign-in?next=${next}`} replace />;
  }
  if (session.error instanceof RemoteError && session.error.code === 'not-allowed') {
    return (
      <Part>
        <NoWorkspace error={session.error} />
      </Part>
    );
  }
  if (session.data !== undefined) return <Live />;
  if (session.error instanceof RemoteError && session.error.code === 'first-start-needed') {
    return <Navigate to="/first-start" replace />;
  }
  if (session.isError) {
    return (
      <main className="flex h-full items-center justify-center">
        <ErrorState
          title="Sluice cannot be reached"
          error={session.error}
          onRetry={() => void session.refetch()}
        />
      </main>
    );
  }
  return <Waiting />;
}

function Live() {
  const { isExpired } = useStore(sessionExpiry);
  const isElsewhere = useStore(sessionElsewhere, ({ user }) => user !== undefined);
  useEffect(() => liveConnection().start(), []);
  return (
    <div className="flex h-full flex-col">
      <Part>
        <ServerBanners />
      </Part>
      <div className="min-h-0 flex-1">
        <Outlet />
      </div>
      {isExpired && (
        <Part>
          <SignInAgain />
        </Part>
      )}
      {isElsewhere && !isExpired && (
        <Part>
          <SessionElsewhere />
        </Part>
      )}
    </div>
  );
}
