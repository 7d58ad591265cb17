import { layoutBoxes } from './layoutBoxes.ts';
import type { TidyRequest } from './tidy.ts';

// Runs in a worker of its own, so that a large flow is laid out while the canvas still moves.
addEventListener('message', (event: MessageEvent<TidyRequest>) => {
  postMessage(layoutBoxes(event.data));
});
