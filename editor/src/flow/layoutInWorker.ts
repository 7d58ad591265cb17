import type { TidyLayout, TidyResult } from './tidy.ts';

/** Lays out in a worker that is started for this and ended after. Rejects with a sentence when the worker cannot run. */
export const layoutInWorker: TidyLayout = (request) =>
  new Promise<TidyResult>((resolve, reject) => {
    const worker = new Worker(new URL('./tidyWorker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', (event: MessageEvent<TidyResult>) => {
      worker.terminate();
      resolve(event.data);
    });
    worker.addEventListener('error', (event) => {
      worker.terminate();
      reject(new Error(`The layout could not be worked out: ${event.message}. Load the page again.`));
    });
    worker.postMessage(request, []);
  });
