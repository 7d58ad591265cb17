import { QueryClientProvider } from '@tanstack/react-query';
import { lazy } from 'react';
import { RouterProvider } from 'react-router/dom';
import { router } from './routes/router.tsx';
import { firstDrawing } from './state/firstDrawing.ts';
import { queries } from './state/remoteQueries.ts';
import { Part } from './ui/Part.tsx';

/** What is said before they are there waits in their queue. */
const Toasts = lazy(async () => {
  await firstDrawing;
  return await import('./ui/Toast.tsx');
});

/** The whole app: its routes, what it knows of the server, and the toasts above all of it. */
export function App() {
  return (
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
      <Part failed={null}>
        <Toasts />
      </Part>
    </QueryClientProvider>
  );
}
