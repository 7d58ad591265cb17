import { SluiceError } from '@sluice/shared/errors.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import type { LetterFilter } from '@sluice/shared/protocol/running.ts';
import type { RunnerHost } from '../runner/runnerHost.ts';
import type { RunnerTime } from '../runner/time.ts';
import type {
  DeadLetter,
  DeadLetters as LetterStore,
  LetterRange,
} from '../storage/stateStoreDeadLetters.ts';

/** Messages that are under way at once: what a crash in the middle sends a second time is no more than these. */
const PAGE = 100;
/** How long one call goes on; whoever asked is told how many are left. */
const SLICE_MS = 10_000;
/** How long a flow may take for one page. */
const SETTLE_MS = 30_000;

export interface ReplayParts {
  readonly store: LetterStore;
  readonly host: RunnerHost;
  readonly time: RunnerTime;
  isRunning(flow: string): boolean;
  nameOf(flow: string): string;
}

export interface Replay {
  readonly replayed: number;
  /** Why some could not be sent. */
  readonly refusal: SluiceError | undefined;
}

/**
 * Sends the letters of a range that fit into their nodes again, oldest first, page by page. A letter is removed only
 * when all that came of its message is through and committed (EN6). It ends early when the runner goes away, when a
 * flow does not come to an end with a page, and after `SLICE_MS`; what is left stays as it is.
 */
export async function replayRange(
  parts: ReplayParts,
  filter: LetterFilter,
  range: LetterRange,
): Promise<Replay> {
  const { store, time } = parts;
  const endAt = time.now() + SLICE_MS;
  const stopped = new Set<string>();
  let replayed = 0;
  let refusal: SluiceError | undefined;
  let rest: LetterRange | undefined = range;
  while (rest !== undefined && time.now() < endAt) {
    const page = store.page(filter, 'oldest', rest, PAGE);
    const sent = await replayPage(
      parts,
      page.letters.filter(({ flow }) => !stopped.has(flow)),
    );
    replayed += store.remove(sent.through.map(({ id }) => id));
    refusal ??= sent.refusals[0]?.error;
    for (const { flow } of sent.refusals) if (!parts.isRunning(flow)) stopped.add(flow);
    if (sent.refusals.some(({ isLast }) => isLast)) break;
    rest = page.rest;
    await nextTurn(time);
  }
  return { replayed, refusal };
}

/** The same for one letter. Throws where it cannot be sent. */
export async function replayOne(parts: ReplayParts, letter: DeadLetter): Promise<void> {
  const { refusals } = await replayPage(parts, [letter]);
  const [refused] = refusals;
  if (refused !== undefined) throw refused.error;
  parts.store.remove([letter.id]);
}

/** Lets everything else have its turn between two pages. */
export function nextTurn(time: RunnerTime): Promise<void> {
  return new Promise((resolve) => time.soon(resolve));
}

interface Refusal {
  readonly flow: string;
  readonly error: SluiceError;
  /** Nothing more can be sent now. */
  readonly isLast: boolean;
}

interface Sent {
  readonly through: readonly DeadLetter[];
  readonly refusals: readonly Refusal[];
}

async function replayPage(parts: ReplayParts, letters: readonly DeadLetter[]): Promise<Sent> {
  const answers = await Promise.all(letters.map((letter) => injected(parts, letter)));
  const taken = letters.filter((_, index) => answers[index] === undefined);
  const flows = [...new Set(taken.map(({ flow }) => flow))];
  const unsettled = (await Promise.all(flows.map((flow) => settled(parts, flow)))).filter(isRefusal);
  const lost = new Set(unsettled.map(({ flow }) => flow));
  return {
    through: taken.filter(({ flow }) => !lost.has(flow)),
    refusals: [...answers.filter(isRefusal), ...unsettled],
  };
}

function isRefusal(outcome: Refusal | undefined): outcome is Refusal {
  return outcome !== undefined;
}

async function injected(parts: ReplayParts, letter: DeadLetter): Promise<Refusal | undefined> {
  const { flow, node, port, message } = letter;
  const answer = await parts.host.inject(flow, node, port === '' ? undefined : port, asItCame(message));
  if (answer.ok) return undefined;
  if (answer.code === 'runner-away')
    return { flow, error: new SluiceError(answer.code, answer.sentence), isLast: true };
  const sentence = parts.isRunning(flow) ? answer.sentence : notRunning(parts.nameOf(flow));
  return { flow, error: new SluiceError(answer.code, sentence), isLast: false };
}

async function settled(parts: ReplayParts, flow: string): Promise<Refusal | undefined> {
  try {
    const isThrough = await inTime(parts.time, parts.host.ask(flow, { about: 'settled' }));
    return isThrough ? undefined : { flow, error: tooSlow(parts.nameOf(flow)), isLast: true };
  } catch (error) {
    if (error instanceof SluiceError) return { flow, error, isLast: true };
    throw error;
  }
}

/** False when it takes longer than `SETTLE_MS`. */
async function inTime(time: RunnerTime, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const stop = time.after(SETTLE_MS, () => resolve(false));
    work.then(() => resolve(true), reject).finally(stop);
  });
}

function notRunning(name: string): string {
  return `“${name}” is not running, so its failed messages stay here. Start it and replay them again.`;
}

function tooSlow(name: string): SluiceError {
  return new SluiceError(
    'target-away',
    `“${name}” has not come to an end with the messages that were sent again in ${SETTLE_MS / 1_000} s, so they stay here. See what it waits for, and replay them when they fail again.`,
  );
}

/** Without what the failure added: a node that fails on it again adds its own. */
function asItCame(message: Message): Message {
  const { error: _, errorNode: __, ...headers } = message.headers;
  return { ...message, headers };
}
