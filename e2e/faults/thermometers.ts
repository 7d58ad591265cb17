import { RAISE_AFTER_MS, topicOf } from './flows.ts';
import type { Publisher } from './publisher.ts';
import { every, now } from './time.ts';

const TICK_MS = 100;
/** What a timer may be late on a machine that does much else. */
const SLACK_MS = 3_000;
/** How long a thermometer whose alert was ended by a repeated reading is warm, and how long cold. */
const TURN_MS = 2.5 * RAISE_AFTER_MS;
const [WARM, COLD] = [30, 10] as const;

/** One time of being warm: from the first warm reading to the alert that it is over. */
interface Episode {
  readonly warmAt: number;
  readonly raisedAt: number[];
  coldAt: number | undefined;
  /** When the end of an earlier episode came once more while the alert of this one stood. */
  overtakenAt: number | undefined;
  /** It was cold once more after its end, so that a warm turn does not count for the next episode. */
  hasCooled: boolean;
  readonly clearedAt: number[];
}

/** A time in which the product could not work: a fault, and what it took to be back. */
export interface Outage {
  readonly from: number;
  readonly to: number;
}

/** By what timers are judged. */
interface TimerRules {
  readonly outages: readonly Outage[];
  /** How long other messages of that time took: a machine that does much else makes timers no later than those. */
  readonly longestWay: (from: number, to: number) => number;
  readonly mostDuplicates: number;
}

interface TimerJudgement {
  readonly breaches: readonly string[];
  readonly episodes: number;
  readonly duplicates: number;
}

/**
 * Thermometers that get warm, stay warm until the product has said so, get cold until it has said that, and so on. Each
 * alert has to come once, not before its time and not long after it.
 *
 * After a kill cold readings of the episode before may come to the product once more when the alert stands already. They
 * end it, and the product has nothing left to end when the thermometer gets cold: at least once, as promised, and the
 * second end of the episode before is counted as the duplicate that it is. The thermometer then is warm and cold by turns,
 * until the end of its own episode has come.
 */
export interface Thermometers {
  start(): void;
  /** Begins no new episode. */
  finish(): void;
  /** Every episode that has begun is over. */
  readonly isAtRest: boolean;
  /** How many episodes are over. */
  readonly finished: number;
  alerted(kind: 'raised' | 'cleared', device: string, episode: number): void;
  judge(rules: TimerRules): TimerJudgement;
  stop(): void;
}

export function createThermometers(publisher: Publisher, count: number): Thermometers {
  const episodes = new Map<string, Episode[]>();
  const strangers: string[] = [];
  const disordered: string[] = [];
  let isFinishing = false;
  let stopTicks = () => {};
  for (let index = 0; index < count; index++) episodes.set(`t${index}`, []);

  const read = (device: string, all: Episode[]) => {
    const last = all.at(-1);
    if (last === undefined || isThrough(last)) {
      if (isFinishing) return;
      all.push(newEpisode());
    } else if (last.clearedAt.length > 0) last.hasCooled = true;
    else if (last.raisedAt.length > 0) last.coldAt ??= now();
    const temperature = temperatureIn(all.at(-1));
    const payload = JSON.stringify({ device, episode: all.length, temperature });
    publisher.publish(topicOf(device), Buffer.from(payload), () => undefined);
  };
  const all = () => [...episodes.values()];

  return {
    start: () => {
      stopTicks = every(TICK_MS, () => {
        if (!publisher.isConnected) return;
        for (const [device, own] of episodes) read(device, own);
      });
    },
    finish: () => {
      isFinishing = true;
    },
    get isAtRest() {
      return all().every((own) => (own.at(-1)?.clearedAt.length ?? 1) > 0);
    },
    get finished() {
      return all().reduce((sum, own) => sum + own.filter(({ clearedAt }) => clearedAt.length > 0).length, 0);
    },
    alerted: (kind, device, number) => {
      const own = episodes.get(device) ?? [];
      const episode = own[number - 1];
      if (episode === undefined) {
        strangers.push(`${kind} ${device}/${number}`);
        return;
      }
      const times = kind === 'raised' ? episode.raisedAt : episode.clearedAt;
      const isFirst = times.push(now()) === 1;
      const current = own.at(-1);
      if (kind === 'cleared' && current !== episode && current !== undefined && current.raisedAt.length > 0)
        current.overtakenAt = now();
      if (isFirst && kind === 'raised' && number < own.length) disordered.push(`${kind} ${device}/${number}`);
    },
    judge: (rules) => judgeEpisodes(episodes, [...strangers, ...disordered], rules),
    stop: () => stopTicks(),
  };
}

function newEpisode(): Episode {
  return {
    warmAt: now(),
    raisedAt: [],
    coldAt: undefined,
    overtakenAt: undefined,
    hasCooled: false,
    clearedAt: [],
  };
}

/** The next episode may begin. */
function isThrough({ clearedAt, overtakenAt, hasCooled }: Episode): boolean {
  return clearedAt.length > 0 && (overtakenAt === undefined || hasCooled);
}

function temperatureIn(episode: Episode | undefined): number {
  if (episode !== undefined && episode.clearedAt.length > 0) return COLD;
  if (episode?.coldAt === undefined) return WARM;
  if (episode.overtakenAt === undefined) return COLD;
  return Math.floor((now() - episode.overtakenAt) / TURN_MS) % 2 === 0 ? WARM : COLD;
}

function judgeEpisodes(
  episodes: ReadonlyMap<string, readonly Episode[]>,
  strangers: readonly string[],
  rules: TimerRules,
): TimerJudgement {
  const breaches = strangers.map((what) => `${what} fits no episode`);
  let duplicates = 0;
  let count = 0;
  for (const [device, own] of episodes) {
    for (const [index, episode] of own.entries()) {
      count += 1;
      duplicates += Math.max(0, episode.raisedAt.length - 1) + Math.max(0, episode.clearedAt.length - 1);
      breaches.push(...judgeEpisode(`${device}/${index + 1}`, episode, rules));
    }
  }
  if (duplicates > rules.mostDuplicates)
    breaches.push(`${duplicates} alerts came more than once; at most ${rules.mostDuplicates} may`);
  return { breaches, episodes: count, duplicates };
}

function judgeEpisode(name: string, episode: Episode, rules: TimerRules): string[] {
  const { warmAt, raisedAt, coldAt, overtakenAt, clearedAt } = episode;
  const [raised] = raisedAt;
  const [cleared] = clearedAt;
  if (raised === undefined) return [`the alert ${name} never came`];
  const breaches: string[] = [];
  const due = warmAt + RAISE_AFTER_MS;
  if (raised < due) breaches.push(`the alert ${name} came ${due - raised} ms too early`);
  const latest = latestFor(warmAt, RAISE_AFTER_MS, rules);
  if (raised > latest) breaches.push(`the alert ${name} came ${raised - latest} ms too late`);
  if (cleared === undefined) return [...breaches, `the end of the alert ${name} never came`];
  if (coldAt === undefined || overtakenAt !== undefined) return breaches;
  const latestEnd = latestFor(coldAt, 0, rules);
  if (cleared > latestEnd)
    breaches.push(`the end of the alert ${name} came ${cleared - latestEnd} ms too late`);
  return breaches;
}

/** When something that begins at `from` and takes `ms` has to be there: an outage on the way makes it begin anew. */
function latestFor(from: number, ms: number, { outages, longestWay }: TimerRules): number {
  let latest = from + ms + SLACK_MS;
  for (const outage of outages) {
    if (outage.from < latest && outage.to > from) latest = Math.max(latest, outage.to + ms + SLACK_MS);
  }
  return latest + longestWay(from, latest);
}
