import { toMs } from '@sluice/shared/message/duration.ts';
import { createMessage } from '@sluice/shared/message/message.ts';
import type { NodeContext, Stop } from '@sluice/shared/node/context.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import type { Intake, Settled } from '@sluice/shared/node/implementNode.ts';
import { implementSource } from '@sluice/shared/node/implementNode.ts';
import { Cron } from 'croner';
import type { InjectConfig } from './schema.ts';
import { injectNode } from './schema.ts';

/** Under which the time of the last tick that is through is kept, ms since the epoch. */
const LAST = 'last';
/** Ticks that were missed: more than this are not made up for. */
const MOST_MISSED = 1_000;
const FIRST_SPAN_MS = 60_000;

export const injectRunner = implementSource(injectNode, (config, context: NodeContext<number>) => {
  const { topic, device, payload, missed } = config;
  const messageAt = (time: number) =>
    createMessage({
      id: context.newId(),
      time,
      topic,
      device: device === '' ? undefined : device,
      payload: payload === undefined ? time : payload,
    });
  const schedule = scheduleOf(config);
  const isKept = schedule !== undefined && missed !== 'skip';
  /** A tick is done with when all that came of it is (EN6); one that is not counts as missed at the next start. */
  const through = (dueAt: number) => (outcome: Settled) => {
    if (isKept && outcome === 'done')
      context.state.set(LAST, Math.max(dueAt, context.state.get(LAST) ?? dueAt));
  };
  return {
    pressed: () => messageAt(context.clock.now()),
    start: (intake) => {
      const sender = createSender(context, intake);
      const now = context.clock.now();
      const last = context.state.get(LAST);
      if (isKept && last === undefined) context.state.set(LAST, now);
      if (isKept && last !== undefined)
        for (const dueAt of missedTicks(schedule, last, now, missed))
          sender.send(messageAt(dueAt), through(dueAt));
      if (config.atStart) sender.send(messageAt(now));
      const stopTicks = tick(context, schedule, (dueAt) =>
        sender.send(messageAt(context.clock.now()), through(dueAt)),
      );
      return Promise.resolve(async () => {
        await stopTicks();
        await sender.stop();
      });
    },
  };
});

/** [EN5] While the flow has no room a tick is skipped and counted: a timer cannot wait. */
function createSender(context: NodeContext<number>, intake: Intake<'out'>) {
  let hasRoom = true;
  let skipped = 0;
  const stopRoom = intake.onRoom(() => {
    hasRoom = true;
  });
  return {
    send: (message: Message, settled?: (outcome: Settled) => void) => {
      if (hasRoom) {
        hasRoom = intake.push('out', message, settled);
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

/**
 * The ticks after `last` up to `now` that are to be made up for, oldest first; with `once` the last of them. Looked for from
 * the end, further and further back: there may have been very many.
 */
function missedTicks(
  schedule: Schedule,
  last: number,
  now: number,
  missed: 'once' | 'all',
): readonly number[] {
  const most = missed === 'once' ? 1 : MOST_MISSED;
  for (let span = FIRST_SPAN_MS; ; span *= 4) {
    const from = Math.max(last, now - span);
    const due = ticksBetween(schedule, last, from, now);
    if (due.length >= most || from === last) return due.slice(-most);
  }
}

function ticksBetween(schedule: Schedule, last: number, from: number, now: number): readonly number[] {
  const due: number[] = [];
  for (let at = schedule(last, from + 1); at !== undefined && at <= now; at = schedule(last, at + 1))
    due.push(at);
  return due;
}

function tick(
  context: NodeContext<number>,
  schedule: Schedule | undefined,
  run: (dueAt: number) => void,
): Stop {
  if (schedule === undefined) return () => undefined;
  let stopTimer: Stop = () => undefined;
  const plan = (last: number) => {
    const now = context.clock.now();
    const dueAt = schedule(last, now);
    if (dueAt === undefined) return;
    stopTimer = context.after(dueAt - now, () => {
      plan(dueAt);
      run(dueAt);
    });
  };
  plan(context.clock.now());
  return () => stopTimer();
}
