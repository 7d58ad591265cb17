import type { Deployment, DeploymentState } from '@sluice/shared/protocol/http.ts';
import type { Status } from '../ui/StatusDot.tsx';

export interface FlowState {
  readonly status: Status;
  readonly word: string;
  /** Why, where the state needs a reason. */
  readonly reason?: string;
  /** What one can do about it from the list. */
  readonly offer: 'start' | 'stop' | 'none';
}

const STATUS: Record<DeploymentState, Status> = {
  starting: 'busy',
  running: 'good',
  stopped: 'idle',
  failed: 'danger',
  held: 'caution',
};

/** The shape and colour of a state. */
export function stateStatus(state: DeploymentState): Status {
  return STATUS[state];
}

/** How a flow stands, for its card. */
export function flowState(deployment: Deployment | undefined): FlowState {
  if (deployment === undefined) return { status: 'idle', word: 'not deployed', offer: 'none' };
  const { state, sentence } = deployment;
  const status = STATUS[state];
  switch (state) {
    case 'starting':
    case 'running':
      return { status, word: state, offer: 'stop' };
    case 'stopped':
      return { status, word: state, offer: 'start' };
    case 'failed':
    case 'held':
      return { status, word: state, reason: sentence, offer: 'start' };
  }
}
