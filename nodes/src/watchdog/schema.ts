import * as z from 'zod';
import { toMs } from '@sluice/shared/message/duration.ts';
import type { ConfigProblem } from '@sluice/shared/node/defineNode.ts';
import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { duration, flag } from '@sluice/shared/node/field.ts';

const config = z.object({
  silentFor: duration({
    title: 'Silent for',
    description: 'A device counts as silent when nothing has come from it for this long.',
  }).default('5m'),
  byDevice: flag({
    title: 'By device',
    description:
      'Watches each device by itself. Off: all messages together, so that one talking device is enough.',
  }).default(true),
});
export type WatchdogConfig = z.output<typeof config>;

function problems({ silentFor }: WatchdogConfig): readonly ConfigProblem[] {
  return toMs(silentFor) > 0 ? [] : [{ field: 'silentFor', sentence: 'Give a time of more than 0.' }];
}

/** Notices devices that send nothing any more. */
export const watchdogNode = defineNode({
  type: 'watchdog',
  version: 1,
  kind: 'step',
  category: 'logic',
  title: 'Watchdog',
  summary: 'Tells when a device has fallen silent, and when it is back',
  icon: 'dog',
  keywords: ['no data', 'silent', 'offline', 'timeout', 'heartbeat', 'alive'],
  inputs: [{ name: 'in', title: 'In', description: 'Messages of the devices to watch.' }],
  outputs: [
    {
      name: 'silent',
      title: 'Silent',
      description: 'A new message, once, when nothing has come from a device for the time that is set.',
    },
    { name: 'back', title: 'Back', description: 'The first message of a device that was silent.' },
  ],
  config,
  // What stands ends only when the device is heard of again, however late: so it is kept for a year.
  state: { version: 1, maxKeys: 100_000, keepMs: 365 * 24 * 3_600_000 },
  problems,
});
