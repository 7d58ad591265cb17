import { toMs } from '@sluice/shared/message/duration.ts';
import { createMessage } from '@sluice/shared/message/message.ts';
import type { NodeContext, Stop } from '@sluice/shared/node/context.ts';
import type { Intake } from '@sluice/shared/node/implementNode.ts';
import { implementSource } from '@sluice/shared/node/implementNode.ts';
import { Cron } from 'croner';
import type { InjectConfig } from './schema.ts';
import { injectNode } from './schema.ts';

export const injectRunner = implementSource(injectNode, (config, context) => {
  const { topic, device, payload } = config;
  const pressed = () => {
    const time = context.clock.now();
    return createMessage({
      id: context.newId(),
      time,
      topic,
      device: device === '' ? undefined : device,
      payload: payload === undefined ? time : payload,
    });
  };
  return {
    pressed,
    start: async (intake) => {
      const sender = createSender(context, intake, pressed);
      if (config.atStart) sender.send();
      const stopTicks = tick(context, scheduleOf(config), sender.send);
      return async () => {
        await stopTicks();
        await sender.stop();
      };
    },
  };
});

/** [EN5] While the flow has no room a tick is skipped and counted: a timer cannot wait. */
function createSender(
  context: NodeContext,
  intake: Intake<'out'>,
  make: () => ReturnType<typeof createMessage>,
) {
  let hasRoom = true;
  let skipped = 0;
  const stopRoom = intake.onRoom(() => {
    hasRoom = true;
  });
  return {
    send: () => {
      if (hasRoom) {
        hasRoom = intake.push('out', make());
        return;
      }
      skipped += 1;
      context.status({
        state: 'warning',
        text: `skipped ${skipped} ${skipped === 1 ? 'message' : 'messages'}: the flow had no room`,
      });
    },
    stop: stopRoom,
  };
}

/** When the next tick is due after one that was due at `last`; `undefined` when there is none. */
type Schedule = (last: number, now: number) => number | undefined;

function scheduleOf({ when, every, cron, zone }: InjectConfig): Schedule | undefined {
  if (when === 'button') return undefined;
  if (when === 'interval') {
    const everyMs = toMs(every);
    // In step with the first tick; ticks that were missed while the machine slept are left out.
    return (last, now) => last + everyMs * Math.max(1, Math.ceil((now - last) / everyMs));
  }
  const pattern = new Cron(cron, { timezone: zone });
  return (last, now) => pattern.nextRun(new Date(Math.max(last, now)))?.getTime();
}

function tick(context: NodeContext, schedule: Schedule | undefined, run: () => void): Stop {
  if (schedule === undefined) return () => undefined;
  let stopTimer: Stop = () => undefined;
  const plan = (last: number) => {
    const now = context.clock.now();
    const dueAt = schedule(last, now);
    if (dueAt === undefined) return;
    stopTimer = context.after(dueAt - now, () => {
      plan(dueAt);
      run();
    });
  };
  plan(context.clock.now());
  return () => stopTimer();
}
