import type { RunnerTime } from '../runner/time.ts';
import { every } from '../runner/time.ts';
import type { Alarms } from './alarms.ts';
import type { Log } from './http/problem.ts';
import type { WorkspaceLimits } from './limits.ts';
import { storageSentence, withWayOut } from './limits.ts';

/** The source of the alarm, in place of a flow and a node. */
const SOURCE = { flow: 'sluice', node: 'limits', key: 'storage' } as const;
const LOOK_EVERY_MS = 30_000;

export interface StorageWatchOptions {
  readonly limits: WorkspaceLimits;
  storageBytes(): number;
  readonly alarms: Alarms;
  readonly time: RunnerTime;
  readonly log: Log;
}

/** Raises an alarm while the storage of a workspace is above its limit; looks now, then every 30 s. Gives back its stop. */
export function watchStorage(options: StorageWatchOptions): () => void {
  const { limits, alarms, time, log } = options;
  let isAbove: boolean | undefined;

  function look(): void {
    const bytes = options.storageBytes();
    const limit = limits.current().storageBytes;
    const isAboveNow = bytes > limit;
    if (isAboveNow === isAbove) return;
    const text = isAboveNow ? withWayOut(storageSentence(bytes, limit)) : '';
    const state = isAboveNow ? 'active' : 'cleared';
    try {
      alarms.store(SOURCE.flow, SOURCE.node, [
        {
          key: SOURCE.key,
          device: undefined,
          state,
          severity: 'major',
          text,
          time: time.now(),
          value: bytes,
        },
      ]);
      isAbove = isAboveNow;
    } catch (error) {
      // Tried again at the next look.
      log('error', `This could not be made an alarm: ${text} (${String(error)})`);
    }
  }

  look();
  const stops = [every(time, LOOK_EVERY_MS, look), limits.onChanged(look)];
  return () => {
    for (const stop of stops) stop();
  };
}
