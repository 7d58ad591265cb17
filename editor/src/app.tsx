import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from 'react-router/dom';
import { router } from './routes/router.tsx';
import { queries } from './state/remoteQueries.ts';
import { Toasts } from './ui/Toast.tsx';

/** The whole app: its routes, what it knows of the server, and the toasts above all of it. */
export function App() {
  return (
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
      <Toasts />
    </QueryClientProvider>
  );
}
