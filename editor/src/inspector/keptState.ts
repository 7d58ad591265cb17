import type { Json } from '@sluice/shared/message/message.ts';
import { isJsonObject } from '@sluice/shared/message/message.ts';
import type { Deployment } from '@sluice/shared/protocol/http.ts';
import type { NodeStatePage, StateEntry } from '@sluice/shared/protocol/running.ts';
import { counted, formatPlain } from '../ui/formatValue.ts';
import { formatSpan } from '../ui/formatTime.ts';

// What a node keeps, in words.

const SHORT_LENGTH = 48;

/** A value in one line: `raised yes · pending none`. */
export function keptValue({ state, length, timers }: StateEntry): string {
  if (length !== undefined) return `too long to show (${length.toLocaleString('en')} characters)`;
  if (state === undefined) return timers.length === 1 ? 'a timer only' : 'timers only';
  const text = isJsonObject(state)
    ? Object.entries(state)
        .map(([name, inner]) => `${name} ${wordOf(inner)}`)
        .join(' · ')
    : wordOf(state);
  return text.length <= SHORT_LENGTH ? text : `${text.slice(0, SHORT_LENGTH - 1)}…`;
}

function wordOf(value: Json): string {
  if (Array.isArray(value)) return value.length === 1 ? '1 item' : `${value.length} items`;
  if (isJsonObject(value))
    return Object.keys(value).length === 0 ? 'empty' : `{ ${Object.keys(value)[0]} … }`;
  return formatPlain(value as Exclude<Json, object>);
}

/** How long until a timer runs out: `3 min 12 s`, `2 h 5 min`, `12 s`; `now` when it is due. */
export function dueIn(dueAt: number, now: number): string {
  const seconds = Math.ceil((dueAt - now) / 1_000);
  if (seconds <= 0) return 'now';
  if (seconds < 60) return `${seconds} s`;
  const units: readonly [number, string][] = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
    [1, 's'],
  ];
  const first = units.findIndex(([size]) => seconds >= size);
  const [large, small] = [units[first], units[first + 1]];
  if (large === undefined || small === undefined) return formatSpan(dueAt - now);
  const whole = Math.floor(seconds / large[0]);
  const rest = Math.floor((seconds % large[0]) / small[0]);
  return rest === 0 ? `${whole} ${large[1]}` : `${whole} ${large[1]} ${rest} ${small[1]}`;
}

/** `3 keys, 2 timers running`; what was put out by the cap or by age is said too. */
export function keptSummary({ total, timers, maxKeys, evicted }: NodeStatePage): string {
  const parts = [
    `${counted(total, 'key')}${maxKeys > 0 ? ` of at most ${maxKeys.toLocaleString('en')}` : ''}`,
  ];
  if (timers > 0) parts.push(`${counted(timers, 'timer')} running`);
  if (evicted > 0) parts.push(`${counted(evicted, 'key')} forgotten for room or age since the start`);
  return parts.join(' · ');
}

/** Of a flow that does not run; without a state it was never deployed. */
export function keptOfResting(state: Deployment['state'] | undefined): string {
  switch (state) {
    case undefined:
      return 'Shown when the flow has run. Deploy it first.';
    case 'held':
      return 'The flow is held; this is what it will go on with.';
    default:
      return 'The flow is stopped; this is what it will go on with.';
  }
}

/** How a key is shown: messages without a device, and nodes that do not tell devices apart, have the empty one. */
export function keyName(key: string): string {
  return key === '' ? 'no device' : key;
}
