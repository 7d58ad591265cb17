import { CircleX } from 'lucide-react';
import { useEffect } from 'react';
import { useRouteError } from 'react-router';
import { tellDrawn } from '../state/firstDrawing.ts';
import { sentenceOf } from '../state/remoteError.ts';
import { Button } from '../ui/Button.tsx';
import { usePageTitle } from './usePageTitle.ts';

/** A chunk of the app that is not on the server any more, as after an update under an open page. */
function isOutdated(error: unknown): boolean {
  return (
    error instanceof TypeError &&
    /dynamically imported module|module script failed|importing a module/i.test(error.message)
  );
}

/** Shown in place of a screen that broke; the rest of the app stays. */
export function RouteError() {
  const error = useRouteError();
  const outdated = isOutdated(error);
  usePageTitle('Something broke');
  useEffect(tellDrawn, []);
  return (
    <main className="flex h-full flex-col items-center justify-center gap-2 px-6 py-16 text-center">
      <CircleX size={24} className="text-danger" aria-hidden="true" />
      <h1 className="text-title font-semibold">
        {outdated ? 'This page is of an older version' : 'This page broke'}
      </h1>
      <p className="max-w-md text-operator text-ink-soft">
        {outdated
          ? 'Sluice was updated or is away. Load the page again to go on; drafts are saved on the server.'
          : `It said: ${sentenceOf(error)}`}
      </p>
      <div className="mt-4 flex gap-2">
        <Button size="large" onPress={() => window.location.assign('/')}>
          Go to the home page
        </Button>
        <Button size="large" variant="primary" onPress={() => window.location.reload()}>
          Load again
        </Button>
      </div>
    </main>
  );
}
