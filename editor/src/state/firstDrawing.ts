const { promise, resolve } = Promise.withResolvers<void>();

/**
 * When the first screen of this page is drawn. What no screen needs for that is fetched afterwards, so that it keeps
 * nobody waiting: the live connection, the notices.
 */
export const firstDrawing: Promise<void> = promise;

/** Told by each screen when it is there. */
export function tellDrawn(): void {
  resolve();
}
