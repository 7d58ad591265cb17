import type { FlowSummary } from '@sluice/shared/protocol/http.ts';
import type { Figures, LetterGroup, Limits } from '@sluice/shared/protocol/running.ts';
import { counted, formatNumber } from '../ui/formatValue.ts';

/** What is known of a workspace; left out where it is not known yet. */
interface Known {
  readonly flows: readonly FlowSummary[] | undefined;
  /** How many there are. */
  readonly devices: number | undefined;
  readonly figures: Pick<Figures, 'flows'> | undefined;
  readonly failed: readonly LetterGroup[] | undefined;
}

/** How much of each limit is used now, as a sentence; limits of which nothing is known are left out. */
export function limitUse({ flows, devices, figures, failed }: Known): ReadonlyMap<keyof Limits, string> {
  const use = new Map<keyof Limits, string>();
  if (flows !== undefined) {
    const running = flows.filter(({ deployment }) => deployment?.state === 'running').length;
    use.set('flows', `Now: ${counted(flows.length, 'flow')}, ${running === 0 ? 'none' : running} running.`);
    const largest = flows.toSorted((one, other) => other.nodeCount - one.nodeCount)[0];
    if (largest !== undefined) {
      use.set(
        'nodesPerFlow',
        `Now: ${counted(largest.nodeCount, 'node')} in “${largest.name}”, the largest.`,
      );
    }
  }
  if (devices !== undefined) use.set('devices', `Now: ${counted(devices, 'device')}.`);
  if (figures !== undefined) {
    const rate = figures.flows.reduce((sum, flow) => sum + flow.rate, 0);
    use.set('messagesASecond', `Now: ${formatNumber(rate)} a second.`);
  }
  if (failed !== undefined) use.set('deadLettersPerFlow', `Now: at most ${mostFailed(failed)} of one flow.`);
  return use;
}

function mostFailed(groups: readonly LetterGroup[]): string {
  const byFlow = new Map<string, number>();
  for (const { flow, count } of groups) byFlow.set(flow, (byFlow.get(flow) ?? 0) + count);
  return Math.max(0, ...byFlow.values()).toLocaleString('en');
}
