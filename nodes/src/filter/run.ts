import { toMs } from '@sluice/shared/message/duration.ts';
import type { Json, Message, Payload } from '@sluice/shared/message/message.ts';
import { keyOf } from '@sluice/shared/message/message.ts';
import { isNumber, notANumber, whatIsFound } from '@sluice/shared/message/number.ts';
import { readerOf } from '@sluice/shared/message/path.ts';
import type { StoredMessage } from '@sluice/shared/message/stored.ts';
import { fromStored, toStored } from '@sluice/shared/message/stored.ts';
import type { NodeContext } from '@sluice/shared/node/context.ts';
import { implementStep } from '@sluice/shared/node/implementNode.ts';
import { passRate } from './passRate.ts';
import type { FilterConfig } from './schema.ts';
import { filterNode } from './schema.ts';

/** What was passed on last for a device, when, and the change that waits for its time. */
type Kept = { readonly value: Json; readonly at: number; readonly waiting: StoredMessage | null };

const TIMER = 'earliest';

export const filterRunner = implementStep(filterNode, (config, context: NodeContext<Kept>) => {
  const { state, timers, clock } = context;
  const read = readerOf(config.value);
  const isChange = changeTest(config);
  const heartbeatMs = toMs(config.heartbeat);
  const minIntervalMs = toMs(config.minInterval);
  const rate = passRate(context);

  const keep = (key: string, value: Json) => state.set(key, { value, at: clock.now(), waiting: null });
  const stopWaiting = (key: string, kept: Kept) => {
    if (kept.waiting === null) return;
    timers.clear(key, TIMER);
    state.set(key, { ...kept, waiting: null });
  };

  /** Whether the message goes on now. */
  const passes = (message: Message, value: Json): boolean => {
    const key = keyOf(message);
    const kept = state.get(key);
    if (kept !== undefined) {
      const elapsedMs = clock.now() - kept.at;
      const isDue = heartbeatMs > 0 && elapsedMs >= heartbeatMs;
      if (!isDue && !isChange(value, kept.value)) {
        stopWaiting(key, kept);
        return false;
      }
      if (elapsedMs < minIntervalMs) {
        if (kept.waiting === null) timers.set(key, TIMER, kept.at + minIntervalMs);
        state.set(key, { ...kept, waiting: toStored(message) });
        return false;
      }
      if (kept.waiting !== null) timers.clear(key, TIMER);
    }
    keep(key, value);
    return true;
  };

  return {
    receive: (messages, emit) => {
      const passed: Message[] = [];
      for (const message of messages) {
        const value = read(message);
        const failure = misfit(config, value);
        if (failure !== undefined) emit.error(message, failure);
        else if (passes(message, value as Json)) passed.push(message);
      }
      emit.all('out', passed);
      rate.count(messages.length, passed.length);
    },
    timersDue: (due, emit) => {
      for (const { key } of due) {
        const waiting = state.get(key)?.waiting ?? null;
        if (waiting === null) continue;
        const message = fromStored(waiting);
        keep(key, read(message) as Json);
        emit('out', message);
        rate.count(0, 1);
      }
    },
  };
});

/** Why a value cannot be watched for the changes that are set. */
function misfit({ value: field, mode }: FilterConfig, value: Payload | undefined): string | undefined {
  if (mode !== 'any') return isNumber(value) ? undefined : notANumber(field, value);
  if (value === undefined || value instanceof Uint8Array)
    return `${field} ${whatIsFound(value)}. Choose a field that every message has.`;
  return undefined;
}

function changeTest({ mode, deadband }: FilterConfig): (value: Json, last: Json) => boolean {
  switch (mode) {
    case 'any':
      return (value, last) =>
        value !== last && (!isStructure(value) || JSON.stringify(value) !== JSON.stringify(last));
    case 'absolute':
      return (value, last) => Math.abs(Number(value) - Number(last)) >= deadband;
    case 'percent':
      // From 0 every change is more than any per cent of it.
      return (value, last) =>
        value !== last && Math.abs(Number(value) - Number(last)) >= Math.abs(Number(last)) * (deadband / 100);
  }
}

function isStructure(value: Json): boolean {
  return typeof value === 'object' && value !== null;
}
