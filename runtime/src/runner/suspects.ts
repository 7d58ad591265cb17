/**
 * Finds the flow because of which the runner ends again and again (EN13). Which flow was at work when a process died
 * cannot be read from what is left of it, so it is tried out: of the flows that may be the cause one half is run
 * (`trial`) with all that are above suspicion. When the runner ends, the cause is in that half; when it lives on, in
 * the other. The last one left is held, and all others go on. Pure: the host performs the effects.
 */
export type Suspicion =
  /** When the runner ended of itself lately, ms since the epoch, and how long it had lived. */
  | { readonly kind: 'calm'; readonly ends: readonly End[] }
  | {
      readonly kind: 'searching';
      /** The cause is one of these, those on trial included. The others of them wait. */
      readonly suspects: readonly string[];
      readonly trial: readonly string[];
      /** How long the runner has to live with those on trial before they are above suspicion. */
      readonly trialMs: number;
    };

interface End {
  readonly at: number;
  readonly livedMs: number;
}

export type SuspicionEvent =
  /** The runner ended of itself; `flows` are those that it was to run, those that wait for their trial left out. */
  | {
      readonly kind: 'ended';
      readonly at: number;
      readonly livedMs: number;
      readonly flows: readonly string[];
    }
  /** It lived for `trialMs` with those on trial. */
  | { readonly kind: 'survived' }
  /** A person deploys or starts a flow while it goes on: it is run at once and may be the cause. */
  | { readonly kind: 'deployed'; readonly flow: string }
  | { readonly kind: 'stopped'; readonly flow: string };

/** The flow that is found out, to be held. */
export type Culprit = string | undefined;

export const CALM: Suspicion = { kind: 'calm', ends: [] };

/** So many ends within so long are no accident. */
const ENDS_TOLERATED = 3;
const WITHIN_MS = 60_000;
const SHORTEST_TRIAL_MS = 2_000;
const LONGEST_TRIAL_MS = 30_000;

export function suspect(state: Suspicion, event: SuspicionEvent): readonly [Suspicion, Culprit] {
  switch (event.kind) {
    case 'ended':
      return state.kind === 'calm' ? onEndWhileCalm(state, event) : onEndWhileSearching(state);
    case 'survived':
      return state.kind === 'calm' ? [state, undefined] : [cleared(state, state.trial), undefined];
    case 'deployed':
      return [state.kind === 'calm' ? state : onTrialToo(state, event.flow), undefined];
    case 'stopped':
      return [state.kind === 'calm' ? state : without(state, event.flow), undefined];
  }
}

/** Of all flows those that may run now; the others wait for their trial. */
export function allowedBy<Flow extends { readonly id: string }>(
  state: Suspicion,
  flows: readonly Flow[],
): readonly Flow[] {
  if (state.kind === 'calm') return flows;
  const waiting = new Set(state.suspects.filter((flow) => !state.trial.includes(flow)));
  return flows.filter(({ id }) => !waiting.has(id));
}

type Searching = Extract<Suspicion, { kind: 'searching' }>;
type Ended = Extract<SuspicionEvent, { kind: 'ended' }>;

function onEndWhileCalm(
  { ends: before }: Extract<Suspicion, { kind: 'calm' }>,
  { at, livedMs, flows }: Ended,
): readonly [Suspicion, Culprit] {
  const ends = [...before, { at, livedMs }].filter((end) => at - end.at < WITHIN_MS);
  if (ends.length < ENDS_TOLERATED) return [{ kind: 'calm', ends }, undefined];
  // Twice the longest life: with the cause on trial it has all the time that it took before.
  const twice = 2 * Math.max(...ends.map((end) => end.livedMs));
  const trialMs = Math.min(LONGEST_TRIAL_MS, Math.max(SHORTEST_TRIAL_MS, twice));
  return search(flows, trialMs);
}

function onEndWhileSearching({ trial, trialMs }: Searching): readonly [Suspicion, Culprit] {
  return search(trial, trialMs);
}

/** The cause is one of `suspects`. When there are none it is not a flow. */
function search(suspects: readonly string[], trialMs: number): readonly [Suspicion, Culprit] {
  const [only, ...others] = suspects;
  if (others.length === 0) return [CALM, only];
  return [{ kind: 'searching', suspects, trial: firstHalf(suspects), trialMs }, undefined];
}

function cleared({ suspects, trialMs }: Searching, innocent: readonly string[]): Suspicion {
  const left = suspects.filter((flow) => !innocent.includes(flow));
  return left.length === 0 ? CALM : { kind: 'searching', suspects: left, trial: firstHalf(left), trialMs };
}

function onTrialToo(state: Searching, flow: string): Searching {
  const add = (flows: readonly string[]): readonly string[] =>
    flows.includes(flow) ? flows : [...flows, flow];
  return { ...state, suspects: add(state.suspects), trial: add(state.trial) };
}

function without(state: Searching, flow: string): Suspicion {
  const trial = state.trial.filter((other) => other !== flow);
  if (trial.length === 0) return cleared(state, [flow]);
  return { ...state, trial, suspects: state.suspects.filter((other) => other !== flow) };
}

function firstHalf(flows: readonly string[]): readonly string[] {
  return flows.slice(0, Math.ceil(flows.length / 2));
}
