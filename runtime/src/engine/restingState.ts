import { SluiceError } from '@sluice/shared/errors.ts';
import { createFlowState } from './flowState.ts';
import { sentenceOf } from './pass.ts';
import type { Plan } from './plan.ts';
import type { StateView } from './runningFlow.ts';
import type { Shell, StoredState } from './shell.ts';
import { createStateView } from './stateView.ts';
import { createFlowTimers } from './timers.ts';
import { createSlots } from './version.ts';

const nothing = (): void => undefined;

/**
 * State and timers of a flow that does not run, for people to look at and to change (EN9, EN10): what the store holds at
 * this moment of the nodes of this version. Nothing runs and no timer fires. A change is on disk when it returns, and the
 * next start goes on with it; throws `disk-full` when it cannot be written, and then nothing has changed. To be opened anew
 * for each question: a flow that was started since has gone on.
 */
export function openRestingState(plan: Plan, { store, clock }: Pick<Shell, 'store' | 'clock'>): StateView {
  const flow = plan.flow.id;
  const slots = createSlots();
  const state = createFlowState(plan, { clock, onChange: nothing, onEvict: nothing });
  const timers = createFlowTimers(nothing);
  const stored = store.load(flow);
  const isRead = readableBy(plan);
  // What the nodes cannot read stays as it is: looking at a flow takes nothing away from it.
  state.restore(stored.state.filter(isRead));
  for (const timer of stored.timers) timers.restore(slots.of(timer.node), timer);

  const find = (node: string) => {
    const own = state.find(node);
    const index = slots.of(node);
    const isThere = plan.nodes.some(({ id }) => id === node);
    if (isThere && (own !== undefined || timers.keysOf(index).size > 0)) return { state: own, timers, index };
    const sentence = `The version that ran last has no node “${node}”, or the node keeps nothing.`;
    throw new SluiceError('not-found', sentence);
  };
  const commit = (): void => {
    const changedTimers = timers
      .takeChanges()
      .map(({ node, ...timer }) => ({ ...timer, node: slots.idOf(node) }));
    const changes = { flow, state: state.takeChanges(), timers: changedTimers };
    try {
      store.commit([{ ...changes, pendingAdded: [], pendingDone: [], deadLetters: [] }]);
    } catch (cause) {
      throw new SluiceError('disk-full', sentenceOf(cause), { cause });
    }
  };
  return createStateView(find, commit);
}

/** State means something to a node of the same type and the same version of its state only. */
function readableBy({ nodes }: Plan): (row: StoredState) => boolean {
  const definitions = new Map(nodes.map(({ id, entry }) => [id, entry.definition]));
  return ({ node, type, version }) => {
    const definition = definitions.get(node);
    return definition?.type === type && definition.state?.version === version;
  };
}
