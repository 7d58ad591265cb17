import type { Clock, NodeStatus } from '@sluice/shared/node/context.ts';

const SHOWN_EVERY_MS = 2_000;

/** Counts messages that came too late since the start, and shows the number at most every two seconds. */
export function lateCounter({ clock, status }: { readonly clock: Clock; status(status: NodeStatus): void }) {
  let late = 0;
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    count: (): void => {
      late += 1;
      if (clock.now() - shownAt < SHOWN_EVERY_MS) return;
      shownAt = clock.now();
      status({
        state: 'warning',
        text: late === 1 ? '1 message came too late' : `${late} messages came too late`,
      });
    },
  };
}
