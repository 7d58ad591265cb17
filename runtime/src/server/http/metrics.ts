import type { RequestHandler } from 'express';
import { SluiceError } from '@sluice/shared/errors.ts';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { NodeCounters } from '../../engine/runningFlow.ts';
import type { User } from '@sluice/shared/protocol/http.ts';
import type { Workspace, Workspaces } from '../workspace.ts';
import { sessionTokenOf } from './session.ts';

export interface MetricsOptions {
  readonly workspaces: Workspaces;
  userOf(token: string): User | undefined;
  broker(): { readonly clients: number; readonly dropped: number } | undefined;
}

const STATES = ['starting', 'running', 'stopped', 'failed', 'held'] as const;

/** `/metrics` for Prometheus: on this machine for anybody, from elsewhere for those who are signed in. */
export function metrics(options: MetricsOptions): RequestHandler {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const latest = watchCounters(options.workspaces);
  flowGauges(registry, options.workspaces, latest);
  if (options.broker() !== undefined) brokerGauges(registry, options);
  return async (request, response) => {
    const token = sessionTokenOf(request);
    const isKnown = token !== undefined && options.userOf(token) !== undefined;
    if (!isKnown && !isLoopback(request.socket.remoteAddress)) {
      throw new SluiceError('not-signed-in', 'Metrics are for this machine, or for those who are signed in.');
    }
    response.type(registry.contentType).send(await registry.metrics());
  };
}

function isLoopback(address: string | undefined): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address ?? '');
}

type Latest = ReadonlyMap<string, ReadonlyMap<string, Readonly<Record<string, NodeCounters>>>>;

/** The newest counters by workspace and flow. */
function watchCounters(workspaces: Workspaces): Latest {
  const latest = new Map<string, Map<string, Readonly<Record<string, NodeCounters>>>>();
  for (const workspace of workspaces.values()) {
    const flows = new Map<string, Readonly<Record<string, NodeCounters>>>();
    latest.set(workspace.id, flows);
    workspace.host.on('counters', ({ flow, nodes }) => void flows.set(flow, nodes));
  }
  return latest;
}

function flowGauges(registry: Registry, workspaces: Workspaces, latest: Latest): void {
  const flows = new Gauge({
    name: 'sluice_flows',
    help: 'Deployed flows by state',
    labelNames: ['workspace', 'state'],
    registers: [],
    collect() {
      for (const workspace of workspaces.values()) {
        const deployments = workspace.deployments.list();
        for (const state of STATES) {
          const count = deployments.filter((deployment) => deployment.state === state).length;
          this.set({ workspace: workspace.id, state }, count);
        }
      }
    },
  });
  registry.registerMetric(flows);
  const sums = [
    ['sluice_flow_messages_in', 'Messages that nodes took in since the flow started', 'in'],
    ['sluice_flow_messages_out', 'Messages that nodes gave out since the flow started', 'out'],
    ['sluice_flow_errors', 'Messages on which nodes failed since the flow started', 'errors'],
    ['sluice_flow_dead_letters', 'Messages in the dead letters since the flow started', 'deadLetters'],
    ['sluice_flow_waiting', 'Messages that wait in the flow now', 'waiting'],
  ] as const;
  for (const [name, help, field] of sums) {
    const sum = new Gauge({
      name,
      help,
      labelNames: ['workspace', 'flow'],
      registers: [],
      collect() {
        this.reset();
        for (const workspace of workspaces.values()) sumInto(this, workspace, latest, field);
      },
    });
    registry.registerMetric(sum);
  }
}

function sumInto(
  gauge: Gauge<'workspace' | 'flow'>,
  workspace: Workspace,
  latest: Latest,
  field: keyof NodeCounters,
): void {
  const running = new Set(workspace.deployments.list().map(({ flow }) => flow));
  for (const [flow, nodes] of latest.get(workspace.id) ?? []) {
    if (!running.has(flow)) continue;
    const total = Object.values(nodes).reduce((sum, counters) => sum + counters[field], 0);
    gauge.set({ workspace: workspace.id, flow }, total);
  }
}

function brokerGauges(registry: Registry, options: MetricsOptions): void {
  const clients: Gauge = new Gauge({
    name: 'sluice_broker_clients',
    help: 'MQTT clients connected to the embedded broker',
    registers: [],
    collect: () => clients.set(options.broker()?.clients ?? 0),
  });
  const dropped: Gauge = new Gauge({
    name: 'sluice_broker_dropped',
    help: 'QoS 0 messages that the embedded broker left out because their reader was too slow',
    registers: [],
    collect: () => dropped.set(options.broker()?.dropped ?? 0),
  });
  registry.registerMetric(clients);
  registry.registerMetric(dropped);
}
