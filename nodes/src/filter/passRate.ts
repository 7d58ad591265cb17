import type { Clock, NodeStatus } from '@sluice/shared/node/context.ts';

const SHOWN_EVERY_MS = 2_000;

/** Shows how many messages it took for one that was passed on, since the start, at most every two seconds. */
export function passRate({ clock, status }: { readonly clock: Clock; status(status: NodeStatus): void }) {
  let received = 0;
  let passed = 0;
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    count: (more: number, morePassed: number): void => {
      received += more;
      passed += morePassed;
      if (passed === 0 || clock.now() - shownAt < SHOWN_EVERY_MS) return;
      shownAt = clock.now();
      const factor = (received / passed).toFixed(1).replace(/\.0$/, '');
      status({ state: 'ok', text: `1 of ${factor} passed on` });
    },
  };
}
