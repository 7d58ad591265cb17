import { formatMs } from '@sluice/shared/message/duration.ts';
import type { FlowNotices } from './notices.ts';
import type { PlannedNode } from './plan.ts';

/** What the engine itself has to say of a flow, in sentences for a person. */
export interface FlowSigns {
  error(node: string, sentence: string): void;
  /** The state cannot be written; without a sentence: it can again. */
  trouble(sentence: string | undefined): void;
  /** A node has met more keys than it may keep. */
  evicted(node: PlannedNode, maxKeys: number): void;
  /** The target of a node went away; without a sentence: it is back. */
  reachChanged(node: string, sentence: string | undefined): void;
  /** A deploy waits for what a node works on, for so long at most. */
  deployWaits(node: string, mostMs: number): void;
}

export function createSigns(flow: string, notices: FlowNotices): FlowSigns {
  const error = (node: string, sentence: string) =>
    notices.say({ kind: 'error', flow, node, sentence, message: undefined });
  return {
    error,
    trouble: (sentence) => {
      const resumed = 'The state can be written again, so the flow goes on.';
      if (sentence !== undefined) notices.say({ kind: 'flow', flow, state: 'failed', sentence });
      else notices.say({ kind: 'flow', flow, state: 'running', sentence: resumed });
    },
    evicted: ({ id, name }, maxKeys) =>
      error(
        id,
        `“${name}” keeps state for ${maxKeys} keys at most and has met more. From now on the one that was set the longest ago is forgotten for each new one.`,
      ),
    reachChanged: (node, sentence) => {
      const text = 'The target is back; what waited for it is sent on.';
      if (sentence === undefined) notices.say({ kind: 'log', flow, node, text });
      else error(node, `${sentence} Messages wait on disk until the target is back.`);
    },
    deployWaits: (node, mostMs) => {
      const text = `The deploy waits until “${node}” has finished what it works on, for ${formatMs(mostMs)} at most, so that no message overtakes an older one.`;
      notices.say({ kind: 'log', flow, node, text });
    },
  };
}
