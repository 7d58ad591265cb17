import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { RouterProvider } from 'react-router/dom';
import { router } from './routes/router.tsx';
import { queries } from './state/remoteQueries.ts';
import { browserTime } from './state/time.ts';

/** The first screen is drawn by then. What is said before waits in the queue. */
const TOASTS_AFTER_MS = 1_500;

const Toasts = lazy(async () => {
  await new Promise<void>((resolve) => {
    browserTime.after(TOASTS_AFTER_MS, resolve);
  });
  return await import('./ui/Toast.tsx');
});

/** The whole app: its routes, what it knows of the server, and the toasts above all of it. */
export function App() {
  return (
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
      <Suspense>
        <Toasts />
      </Suspense>
    </QueryClientProvider>
  );
}
