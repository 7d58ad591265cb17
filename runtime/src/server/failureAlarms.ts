import type { RunnerEvents, RunnerHost } from '../runner/runnerHost.ts';
import type { RunnerTime } from '../runner/time.ts';
import { every } from '../runner/time.ts';
import type { DeadLetters as LetterStore } from '../storage/stateStoreDeadLetters.ts';
import type { Alarms } from './alarms.ts';
import type { FailureEffect, FailureEvent, FailureWatch } from './failureWatch.ts';
import { NOTHING_FAILED, watchFailures } from './failureWatch.ts';
import type { Log } from './http/problem.ts';

/** The key of the alarm of a flow; `alarm` nodes take theirs from devices. */
const KEY = 'sluice:failed-messages';
/** A flow that stopped sends no counters: its alarm is cleared by time alone. */
const LOOK_EVERY_MS = 10_000;
/** Messages among which the most frequent reason is looked for. */
const MOST_READ = 200;
const REASON_LENGTH = 300;

export interface FailureAlarmsOptions {
  readonly host: RunnerHost;
  readonly alarms: Alarms;
  readonly letters: LetterStore;
  readonly time: RunnerTime;
  readonly log: Log;
  /** Failed messages a minute above which there is an alarm. */
  limit(): number;
  nameOfFlow(flow: string): string;
  nameOfNode(flow: string, node: string): string;
}

/** Raises and clears the alarm of each flow in which too many messages fail (EN7). Gives back its stop. */
export function alarmFailures(options: FailureAlarmsOptions): () => void {
  const { host, alarms, time } = options;
  const watches = new Map<string, FailureWatch>();
  for (const { flow, node, key } of alarms.list('active')) {
    if (key === KEY) watches.set(flow, { ...NOTHING_FAILED, raised: { node, quietSince: time.now() } });
  }

  function take(flow: string, event: FailureEvent): void {
    const [next, effects] = watchFailures(watches.get(flow) ?? NOTHING_FAILED, event);
    // What could not be stored is tried again at the next event.
    if (effects.every((effect) => isStored(options, flow, effect))) watches.set(flow, next);
  }

  const stops = [
    host.on('counters', ({ flow, nodes }) =>
      take(flow, { kind: 'told', now: time.now(), limit: options.limit(), nodes: failedOf(nodes) }),
    ),
    every(time, LOOK_EVERY_MS, () => {
      for (const [flow, { raised }] of watches)
        if (raised !== undefined) take(flow, { kind: 'passed', now: time.now(), limit: options.limit() });
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function failedOf(nodes: RunnerEvents['counters']['nodes']): Record<string, number> {
  const failed = Object.entries(nodes).filter(([, { deadLetters }]) => deadLetters > 0);
  return Object.fromEntries(failed.map(([node, { deadLetters }]) => [node, deadLetters]));
}

function isStored(options: FailureAlarmsOptions, flow: string, effect: FailureEffect): boolean {
  const { alarms, time, log } = options;
  const isRaised = effect.kind === 'raise';
  try {
    const report = {
      key: KEY,
      device: undefined,
      severity: 'major' as const,
      time: time.now(),
      text: isRaised ? sentenceOf(options, flow, effect) : '',
      state: isRaised ? ('active' as const) : ('cleared' as const),
      value: isRaised ? effect.count : 0,
    };
    alarms.store(flow, effect.node, [report]);
    return true;
  } catch (error) {
    log(
      'error',
      `The alarm about failed messages of “${options.nameOfFlow(flow)}” could not be stored: ${String(error)}`,
    );
    return false;
  }
}

function sentenceOf(
  options: FailureAlarmsOptions,
  flow: string,
  { count, node }: Extract<FailureEffect, { kind: 'raise' }>,
): string {
  const where = `“${options.nameOfFlow(flow)}”, most at “${options.nameOfNode(flow, node)}”`;
  const reason = reasonOf(options, flow, node);
  const why = reason === undefined ? '.' : ` because: ${reason}`;
  return `${count} messages failed in the last minute in ${where}${why}`;
}

/** Why messages fail at a node, by the newest of them; `undefined` when none is on disk yet. */
function reasonOf({ letters }: FailureAlarmsOptions, flow: string, node: string): string | undefined {
  const newest = letters.page({ flow, node }, 'newest', letters.all(), MOST_READ).letters;
  const counts = new Map<string, number>();
  for (const { sentence } of newest) counts.set(sentence, (counts.get(sentence) ?? 0) + 1);
  return [...counts].toSorted(([, one], [, other]) => other - one)[0]?.[0].slice(0, REASON_LENGTH);
}
