/** What became of the runner process so far. `failures` counts ends nobody asked for, since it last lived long. */
export type Supervision =
  | { readonly kind: 'idle' }
  | { readonly kind: 'starting'; readonly failures: number }
  | { readonly kind: 'ready'; readonly failures: number; readonly since: number }
  | { readonly kind: 'waiting'; readonly failures: number }
  | { readonly kind: 'ending'; readonly isNeededAgain: boolean }
  | { readonly kind: 'closed' };

export type SupervisionEvent =
  /** A flow is to be deployed or checked. */
  | { readonly kind: 'needed' }
  | { readonly kind: 'ready'; readonly now: number }
  | { readonly kind: 'ended'; readonly now: number }
  /** The wait before the next start is over. */
  | { readonly kind: 'waited' }
  /** No flow is deployed any more and nothing is under way. */
  | { readonly kind: 'unneeded' }
  | { readonly kind: 'close' };

export type SupervisionEffect =
  | { readonly kind: 'launch' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'shutdown' };

/** A process that lived this long is taken for healthy: the next end of it starts counting anew. */
export const HEALTHY_AFTER_MS = 10_000;
const FIRST_WAIT_MS = 100;
/** A plant waits no longer than this for a runner that ends again and again; a start takes about a second of a core. */
const LONGEST_WAIT_MS = 5_000;

/** How long to wait before the next start after so many failures in a row: 100 ms, 200 ms, … 5 s. */
export function restartWaitMs(failures: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, failures - 1));
}

/** Keeps one process alive while it is needed (EN13, last paragraph). Pure: the host performs the effects. */
export function supervise(
  state: Supervision,
  event: SupervisionEvent,
): readonly [Supervision, readonly SupervisionEffect[]] {
  switch (event.kind) {
    case 'needed':
      return onNeeded(state);
    case 'ready':
      return state.kind === 'starting'
        ? [{ kind: 'ready', failures: state.failures, since: event.now }, []]
        : [state, []];
    case 'ended':
      return onEnded(state, event.now);
    case 'waited':
      return state.kind === 'waiting'
        ? [{ kind: 'starting', failures: state.failures }, [{ kind: 'launch' }]]
        : [state, []];
    case 'unneeded':
      return onUnneeded(state);
    case 'close':
      return isAlive(state) ? [{ kind: 'closed' }, [{ kind: 'shutdown' }]] : [{ kind: 'closed' }, []];
  }
}

function isAlive(state: Supervision): boolean {
  return state.kind === 'starting' || state.kind === 'ready';
}

function onNeeded(state: Supervision): readonly [Supervision, readonly SupervisionEffect[]] {
  if (state.kind === 'idle') return [{ kind: 'starting', failures: 0 }, [{ kind: 'launch' }]];
  if (state.kind === 'ending') return [{ kind: 'ending', isNeededAgain: true }, []];
  return [state, []];
}

function onUnneeded(state: Supervision): readonly [Supervision, readonly SupervisionEffect[]] {
  if (isAlive(state)) return [{ kind: 'ending', isNeededAgain: false }, [{ kind: 'shutdown' }]];
  return state.kind === 'waiting' ? [{ kind: 'idle' }, []] : [state, []];
}

function onEnded(state: Supervision, now: number): readonly [Supervision, readonly SupervisionEffect[]] {
  switch (state.kind) {
    case 'idle':
    case 'waiting':
    case 'closed':
      return [state, []];
    case 'ending':
      return state.isNeededAgain
        ? [{ kind: 'starting', failures: 0 }, [{ kind: 'launch' }]]
        : [{ kind: 'idle' }, []];
    case 'starting':
      return waitAfter(state.failures + 1);
    case 'ready':
      return waitAfter(now - state.since >= HEALTHY_AFTER_MS ? 1 : state.failures + 1);
  }
}

function waitAfter(failures: number): readonly [Supervision, readonly SupervisionEffect[]] {
  return [{ kind: 'waiting', failures }, [{ kind: 'wait', ms: restartWaitMs(failures) }]];
}
