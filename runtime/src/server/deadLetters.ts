import { SluiceError } from '@sluice/shared/errors.ts';
import type { Json } from '@sluice/shared/message/message.ts';
import { toStored } from '@sluice/shared/message/stored.ts';
import type { DeadLetter } from '@sluice/shared/protocol/http.ts';
import type { LetterFilter, LetterGroup } from '@sluice/shared/protocol/running.ts';
import type { DeadLetter as StoredLetter, LetterRange } from '../storage/stateStoreDeadLetters.ts';
import type { Actor, Note } from './actor.ts';
import type { ReplayParts } from './deadLetterReplay.ts';
import { nextTurn, replayOne, replayRange } from './deadLetterReplay.ts';
import { showMessage } from '@sluice/shared/protocol/showMessage.ts';

/** Messages on which a node failed (EN7). What takes an id throws `not-found`. */
export interface DeadLetters {
  /** Newest first; with `before`, those older than the letter of this id. Secrets masked, cut to 10 kB. */
  list(filter: LetterFilter, before: string | undefined, limit: number): Promise<DeadLetter[]>;
  /** Counted by flow, node and sentence: the largest first, at most 100 of a flow. `kept` counts the rest of them too. */
  groups(filter: LetterFilter): Promise<LetterGroups>;
  /** Whole messages as `StoredMessage`, oldest first, after the letter of this id; at most 10,000 or about 16 MB. */
  export(filter: LetterFilter, after: string | undefined): Promise<Json[]>;
  /** Sends the message into its node again, and removes it when all that came of it is committed. */
  replay(actor: Actor, id: string): Promise<void>;
  /** The same for all that fit. Throws where none of them can be sent. */
  replayAll(actor: Actor, filter: LetterFilter): Promise<Replayed>;
  drop(actor: Actor, id: string): void;
  /** How many were dropped. */
  dropAll(actor: Actor, filter: LetterFilter): Promise<number>;
  /** By flow: how many are kept, and how many older ones were dropped for want of room. */
  counts(): ReadonlyMap<string, { readonly kept: number; readonly dropped: number }>;
}

interface LetterGroups {
  readonly groups: LetterGroup[];
  readonly kept: number;
  readonly dropped: number;
}

interface Replayed {
  readonly replayed: number;
  readonly left: number;
  /** Why some cannot be sent now. */
  readonly sentence?: string;
}

export interface DeadLettersOptions extends ReplayParts {
  readonly note: Note;
  /** For what is done already: dropping frees space, so it goes on while the disk is full. */
  readonly noteOfDone: Note;
}

const PAGE = 200;
const MOST_GROUPS = 100;
const MOST_EXPORTED = 10_000;
/** Characters of JSON of one export, about. */
const EXPORT_LENGTH = 16_000_000;
/** What the audit log holds of a sentence. */
const NOTED_LENGTH = 200;

export function createDeadLetters(options: DeadLettersOptions): DeadLetters {
  const { store, note } = options;
  const inTurn = createTurns();
  return {
    list: (filter, before, limit) => list(options, filter, before, limit),
    groups: async (filter) => {
      const groups = await countGroups(options, filter, store.all());
      return {
        groups: largest(groups),
        kept: sumOf(groups),
        dropped: droppedOf(store.counts(), filter.flow),
      };
    },
    export: (filter, after) => exported(options, filter, after),
    // One replay after the other: two people who press the button send nothing twice.
    replay: (actor, id) =>
      inTurn(async () => {
        const found = find(options, id);
        // Noted first: on a full disk nothing is done, so that nothing is done twice.
        note(actor, 'dead-letter.replay', id, { flow: found.flow, node: found.node });
        await replayOne(options, found);
      }),
    replayAll: (actor, filter) => inTurn(() => replayAll(options, actor, filter)),
    drop(actor, id) {
      const { flow, node } = find(options, id);
      store.remove([id]);
      options.noteOfDone(actor, 'dead-letter.drop', id, { flow, node });
    },
    dropAll: (actor, filter) => dropAll(options, actor, filter),
    counts: () => store.counts(),
  };
}

type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next;
    return next;
  };
}

function find({ store }: DeadLettersOptions, id: string): StoredLetter {
  const found = store.get(id);
  if (found === undefined)
    throw new SluiceError('not-found', 'This message is not there any more; it was replayed or dropped.');
  return found;
}

/** The letter from which a list goes on. */
function sequenceOf({ store }: DeadLettersOptions, id: string): number {
  const found = store.get(id);
  if (found !== undefined) return found.sequence;
  throw new SluiceError(
    'not-found',
    'The message from which to go on is not there any more; it was replayed or dropped. Begin anew.',
  );
}

async function list(
  options: DeadLettersOptions,
  filter: LetterFilter,
  before: string | undefined,
  limit: number,
): Promise<DeadLetter[]> {
  const { store, time } = options;
  const letters: DeadLetter[] = [];
  let rest: LetterRange | undefined =
    before === undefined ? store.all() : { after: 0, to: sequenceOf(options, before) - 1 };
  while (rest !== undefined && letters.length < limit) {
    const page = store.page(filter, 'newest', rest, Math.min(PAGE, limit - letters.length));
    letters.push(...page.letters.map(shown));
    rest = page.rest;
    if (rest !== undefined) await nextTurn(time);
  }
  return letters;
}

function shown({ id, flow, node, port, at, sentence, message }: StoredLetter): DeadLetter {
  return { id, flow, node, port, at, sentence, message: showMessage(message) };
}

async function exported(
  options: DeadLettersOptions,
  filter: LetterFilter,
  after: string | undefined,
): Promise<Json[]> {
  const { store, time } = options;
  const letters: Json[] = [];
  let length = 0;
  let rest: LetterRange | undefined = store.all();
  if (after !== undefined) rest = { after: sequenceOf(options, after), to: rest.to };
  while (rest !== undefined && letters.length < MOST_EXPORTED && length < EXPORT_LENGTH) {
    const page = store.page(filter, 'oldest', rest, Math.min(PAGE, MOST_EXPORTED - letters.length));
    for (const { id, flow, node, port, at, sentence, message } of page.letters) {
      const letter = { id, flow, node, port, at, sentence, message: toStored(message) };
      letters.push(letter);
      length += JSON.stringify(letter).length;
    }
    rest = page.rest;
    await nextTurn(time);
  }
  return letters;
}

async function countGroups(
  { store, time }: DeadLettersOptions,
  filter: LetterFilter,
  range: LetterRange,
): Promise<LetterGroup[]> {
  const groups = new Map<string, LetterGroup>();
  let rest: LetterRange | undefined = range;
  while (rest !== undefined) {
    const part = store.groups(filter, rest);
    for (const group of part.groups) {
      const key = JSON.stringify([group.flow, group.node, group.sentence]);
      groups.set(key, joined(groups.get(key), group));
    }
    rest = part.rest;
    if (rest !== undefined) await nextTurn(time);
  }
  return [...groups.values()];
}

function joined(before: LetterGroup | undefined, group: LetterGroup): LetterGroup {
  if (before === undefined) return group;
  return {
    ...group,
    count: before.count + group.count,
    newestAt: Math.max(before.newestAt, group.newestAt),
    oldestAt: Math.min(before.oldestAt, group.oldestAt),
  };
}

/** Each flow has its share: one with a thousand different errors hides no other. */
function largest(groups: readonly LetterGroup[]): LetterGroup[] {
  const listed = new Map<string, number>();
  return groups
    .toSorted((one, other) => other.count - one.count || other.newestAt - one.newestAt)
    .filter(({ flow }) => {
      const count = (listed.get(flow) ?? 0) + 1;
      listed.set(flow, count);
      return count <= MOST_GROUPS;
    });
}

function sumOf(groups: readonly LetterGroup[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0);
}

function droppedOf(counts: ReturnType<DeadLetters['counts']>, flow: string | undefined): number {
  if (flow !== undefined) return counts.get(flow)?.dropped ?? 0;
  return [...counts.values()].reduce((sum, { dropped }) => sum + dropped, 0);
}

async function replayAll(options: DeadLettersOptions, actor: Actor, filter: LetterFilter): Promise<Replayed> {
  const range = options.store.all();
  const found = sumOf(await countGroups(options, filter, range));
  if (found === 0) return { replayed: 0, left: 0 };
  options.note(actor, 'dead-letter.replay-all', filter.flow ?? 'all flows', noted(filter, found));
  const { replayed, refusal } = await replayRange(options, filter, range);
  if (replayed === 0 && refusal !== undefined) throw refusal;
  const left = sumOf(await countGroups(options, filter, range));
  return { replayed, left, ...(refusal === undefined ? {} : { sentence: refusal.message }) };
}

async function dropAll(options: DeadLettersOptions, actor: Actor, filter: LetterFilter): Promise<number> {
  const { store, time } = options;
  let dropped = 0;
  let rest: LetterRange | undefined = store.all();
  while (rest !== undefined) {
    const part = store.drop(filter, rest);
    dropped += part.dropped;
    rest = part.rest;
    await nextTurn(time);
  }
  if (dropped > 0)
    options.noteOfDone(actor, 'dead-letter.drop-all', filter.flow ?? 'all flows', noted(filter, dropped));
  return dropped;
}

function noted({ node, sentence, until }: LetterFilter, count: number): Record<string, string | number> {
  return {
    count,
    ...(node === undefined ? {} : { node }),
    ...(sentence === undefined ? {} : { sentence: sentence.slice(0, NOTED_LENGTH) }),
    ...(until === undefined ? {} : { until }),
  };
}
