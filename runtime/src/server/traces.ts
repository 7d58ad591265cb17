import { SluiceError } from '@sluice/shared/errors.ts';
import type { Trace } from '@sluice/shared/protocol/running.ts';
import type { RunnerHost } from '../runner/runnerHost.ts';
import type { Deployments } from './flows/deployments.ts';
import type { Flows } from './flows/flows.ts';

/** The ways that messages took through flows, for those who asked for it. */
export interface Traces {
  /** Traces the next message of a source or of a device. Throws `not-found` for a flow or a node that does not run. */
  start(flow: string, wanted: { node?: string | undefined; device?: string | undefined }): Promise<void>;
  /** The last ones of a flow, newest first. */
  list(flow: string): Trace[];
  /** Drops those that began before this, ms since the epoch. */
  forget(before: number): void;
}

export interface TracesOptions {
  readonly host: RunnerHost;
  readonly flows: Flows;
  readonly deployments: Deployments;
}

/** How many are kept of a flow; those that nobody asked for go first. */
const KEPT = 20;

export function createTraces({ host, flows, deployments }: TracesOptions): Traces {
  /** By flow: the newest last. */
  const byFlow = new Map<string, Map<string, Trace>>();

  host.on('trace', ({ flow, trace }) => {
    const traces = byFlow.get(flow) ?? new Map<string, Trace>();
    // One that has gone on keeps its place.
    byFlow.set(flow, traces.set(trace.id, trace));
    if (traces.size <= KEPT) return;
    const oldest =
      traces.values().find(({ isSampled }) => isSampled === true) ?? traces.values().next().value;
    if (oldest !== undefined) traces.delete(oldest.id);
  });
  deployments.onChanged(({ flow }) => {
    for (const known of byFlow.keys())
      if (known !== flow && deployments.get(known) === undefined) byFlow.delete(known);
  });

  return {
    async start(flow, { node, device }) {
      const { name } = flows.get(flow).flow;
      try {
        await host.ask(flow, { about: 'trace', node, device });
      } catch (error) {
        const isMissing = error instanceof SluiceError && error.code === 'not-found';
        if (!isMissing || deployments.get(flow)?.state === 'running') throw error;
        const sentence = `“${name}” does not run, so no message goes through it. Deploy or start it, then trace.`;
        throw new SluiceError('not-found', sentence, { cause: error });
      }
    },
    list: (flow) => [...(byFlow.get(flows.get(flow).id)?.values() ?? [])].reverse(),
    forget(before) {
      for (const traces of byFlow.values())
        for (const { id, startedAt } of traces.values()) if (startedAt < before) traces.delete(id);
    },
  };
}
