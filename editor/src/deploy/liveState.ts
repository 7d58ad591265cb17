import type { Deployment, DeploymentState } from '@sluice/shared/protocol/http.ts';
import type { Status } from '../ui/StatusDot.tsx';

const WORDS: Record<DeploymentState, { readonly status: Status; readonly word: string }> = {
  starting: { status: 'busy', word: 'Starting' },
  running: { status: 'good', word: 'Running' },
  stopped: { status: 'idle', word: 'Stopped' },
  failed: { status: 'danger', word: 'Failed' },
  held: { status: 'caution', word: 'Held' },
};

/** How the flow runs, as a shape and words: `Running v3`. */
export function liveState(deployment: Deployment | undefined): {
  readonly status: Status;
  readonly word: string;
} {
  if (deployment === undefined) return { status: 'idle', word: 'Not deployed' };
  const { status, word } = WORDS[deployment.state];
  return { status, word: `${word} v${deployment.version}` };
}
