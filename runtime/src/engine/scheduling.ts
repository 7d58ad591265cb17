import type { Stop } from '@sluice/shared/node/context.ts';
import type { Scheduler } from './shell.ts';

/** Runs something again and again, each time `ms` after the last one, until it is stopped. */
export function repeat(scheduler: Scheduler, ms: number, run: () => void): Stop {
  let cancel: Stop = () => undefined;
  const arm = () => {
    cancel = scheduler.after(ms, () => {
      arm();
      run();
    });
  };
  arm();
  return () => cancel();
}

/** Resolves when the work is done or the time is over. */
export async function within(scheduler: Scheduler, ms: number, work: Promise<void>): Promise<void> {
  let cancel: Stop = () => undefined;
  const over = new Promise<void>((resolve) => {
    cancel = scheduler.after(ms, resolve);
  });
  await Promise.race([work, over]);
  await cancel();
}
