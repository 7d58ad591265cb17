import { useQuery } from '@tanstack/react-query';
import { lazy, useEffect } from 'react';
import { Navigate, Outlet, useLocation } from 'react-router';
import { useStore } from 'zustand';
import { RemoteError } from '../state/remoteError.ts';
import { sessionExpiry, sessionQuery } from '../state/remoteQueries.ts';
import { liveConnection } from '../state/socket.ts';
import { ErrorState } from '../ui/ErrorState.tsx';
import { Part } from '../ui/Part.tsx';
import { AwayBanner } from './AwayBanner.tsx';
import { SafeModeBanner } from './SafeModeBanner.tsx';
import { Waiting } from './Waiting.tsx';

const SignInAgain = lazy(() => import('../account/SignInAgain.tsx'));

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
  useEffect(() => liveConnection().start(), []);
  return (
    <div className="flex h-full flex-col">
      <AwayBanner />
      <SafeModeBanner />
      <div className="min-h-0 flex-1">
        <Outlet />
      </div>
      {isExpired && (
        <Part>
          <SignInAgain />
        </Part>
      )}
    </div>
  );
}
